/** Import paths: what may be written between the quotes; whether a package is there is the compiler's question. */

const graphic = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]+$/u;
/** Most paths: the long class takes its time to compile. */
const plain = /^[\w./-]+$/;
const illegal = /[!"#$%&'()*,:;<=>?[\\\]^`{|}\ufffd]/;

/** `path`, or `path:name` whose name may be anything. */
export function isImportPath(text: string): boolean {
  const colon = text.lastIndexOf(':');
  const path = colon === -1 ? text : text.slice(0, colon);
  if (plain.test(path)) return true;
  return graphic.test(path) && !illegal.test(path);
}

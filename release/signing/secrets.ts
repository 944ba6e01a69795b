/** A text of fewer characters is no secret: replacing it would only spoil messages. */
const SHORTEST = 12;

/** Texts that must never be shown, such as identity tokens; whatever others say passes through here before people see it. */
export class Secrets {
  readonly #texts = new Set<string>();

  /** Of a token (`HEAD.CLAIMS.SIGNATURE`) each part is a secret too. */
  add(secret: string): void {
    for (const text of [secret, ...secret.split('.')]) if (text.length >= SHORTEST) this.#texts.add(text);
  }

  /** The text with each secret in it replaced. */
  redact(text: string): string {
    const longestFirst = [...this.#texts].toSorted((a, b) => b.length - a.length);
    return longestFirst.reduce((left, secret) => left.replaceAll(secret, '(secret)'), text);
  }
}

import type { PublishedComparison } from '../rebuild/check-published.ts';
import type { Published } from '../rebuild/published.ts';

type Result = PublishedComparison & { readonly published: Published };

/** That what was published comes out again, for people. */
export function publishedText({ equal, passedOver, published }: Result): string {
  const { repository, ref, commit, statements } = published;
  return [
    `Built again from its provenance, and every byte is equal: ${equal} files and images\n`,
    `  source:  ${repository} ${ref} ${commit}\n`,
    ...statements.map(({ about }) => `  about:   ${about}\n`),
    ...(passedOver === 0 ? [] : [`  not built, so not compared: ${passedOver} bills of materials\n`]),
    '  who signed the provenance was not looked at: edgeseal verify-release does that\n',
  ].join('');
}

/** The same for programs. */
export function publishedJson({ equal, passedOver, published }: Result): string {
  const { repository, ref, commit, description, statements } = published;
  const about = statements.map((one) => one.about);
  const result = { repository, ref, commit, description, about, equal, passedOver };
  return `${JSON.stringify(result, undefined, 2)}\n`;
}

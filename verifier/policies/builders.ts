import type { BuilderDocument } from '#core/policy/document';
import type { BuilderRule } from '#core/policy/policy';
import { builtInBuilders, rulesForBuilder, type BuilderPurpose } from '#core/slsa/builders';

/**
 * The builders that the flags trust: the one of `--builder-id`, else the well-known ones of the purpose; and
 * those of `--trusted-builder`.
 * @throws BUILDER_ID_INVALID
 */
export function trustedBuilders(
  purpose: BuilderPurpose,
  named: string | undefined,
  added: readonly string[] = [],
): readonly BuilderDocument[] {
  const rules = [
    ...(named === undefined ? builtInBuilders[purpose] : rulesForBuilder(named, purpose)),
    ...added.flatMap((id) => rulesForBuilder(id, purpose)),
  ];
  return rules.map(asDocument);
}

/** A rule as a policy file would write it. */
function asDocument({ id, identity, level, anyRef }: BuilderRule): BuilderDocument {
  return {
    id,
    level,
    ...(identity === undefined ? {} : { identity: identity.text }),
    ...(anyRef === undefined ? {} : { anyRef }),
  };
}

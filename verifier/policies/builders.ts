import type { BuilderDocument } from '#core/policy/document';
import type { BuilderRule } from '#core/policy/policy';
import { EdgesealError, refuse } from '#core/errors/error';
import { builtInBuilders, rulesForBuilder, type BuilderPurpose } from '#core/slsa/builders';

/**
 * The builders that the flags trust: the one of `--builder-id`, else the well-known ones of the purpose; and
 * those of `--trusted-builder`.
 * @throws FLAG_VALUE_INVALID
 */
export function trustedBuilders(
  purpose: BuilderPurpose,
  named: string | undefined,
  added: readonly string[] = [],
): readonly BuilderDocument[] {
  const rules = [
    ...(named === undefined ? builtInBuilders[purpose] : rulesOf('--builder-id', named, purpose)),
    ...added.flatMap((id) => rulesOf('--trusted-builder', id, purpose)),
  ];
  return rules.map(asDocument);
}

function rulesOf(flag: string, id: string, purpose: BuilderPurpose): readonly BuilderRule[] {
  try {
    return rulesForBuilder(id, purpose);
  } catch (cause) {
    if (!(cause instanceof EdgesealError)) throw cause;
    const { message, expected, found, hint } = cause.reason;
    return refuse('FLAG_VALUE_INVALID', `${flag} is ${message}`, { expected, found, hint, cause });
  }
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

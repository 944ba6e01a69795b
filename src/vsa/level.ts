const LEVEL = /^SLSA_([A-Z0-9]+(?:_[A-Z0-9]+)*)_LEVEL_(\d{1,4})$/;

/** A level of a SLSA track: `SLSA_BUILD_LEVEL_3` is track BUILD, number 3. */
export interface TrackLevel {
  readonly track: string;
  readonly number: number;
}

/**
 * The track and number of a SLSA level; undefined for properties (`SLSA_BUILD_REPRODUCED`), for tracks that
 * were not evaluated (`SLSA_BUILD_LEVEL_UNEVALUATED`) and for others' values.
 * @see https://slsa.dev/spec/v1.2/verification_summary#slsaresult
 */
export function parseLevel(value: string): TrackLevel | undefined {
  const match = LEVEL.exec(value);
  const track = match?.[1];
  return track === undefined ? undefined : { track, number: Number(match?.[2]) };
}

/**
 * Whether verified levels cover the wanted one: a SLSA level by a level of the same track that is as high or
 * higher, anything else by being listed.
 */
export function coversLevel(verified: readonly string[], wanted: string): boolean {
  const level = parseLevel(wanted);
  if (level === undefined) return verified.includes(wanted);
  return verified.some((value) => {
    const found = parseLevel(value);
    return found !== undefined && found.track === level.track && found.number >= level.number;
  });
}

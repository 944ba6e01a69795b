import { toBase64 } from '#core/bytes/base64';
import { toHex } from '#core/bytes/hex';
import type { PublicKey } from '#core/crypto/public-key';
import { verifyPayload } from '#core/crypto/signature';
import { refuse } from '#core/errors/error';
import type { LogEntry } from './log-entry.ts';

/**
 * Verifies Rekor v1's signed entry timestamp: a signature over the canonical JSON of body, integrated time,
 * log id and index.
 * @throws LOG_PROMISE_INVALID
 */
export function verifyPromise(entry: LogEntry, promise: Uint8Array, key: PublicKey): void {
  const { body, integratedTime, logId, logIndex } = entry;
  const signed =
    integratedTime !== undefined &&
    verifyPayload(
      key,
      Buffer.from(
        `{"body":"${toBase64(body)}","integratedTime":${integratedTime},"logID":"${toHex(logId)}","logIndex":${logIndex}}`,
      ),
      promise,
    );
  if (!signed) {
    refuse('LOG_PROMISE_INVALID', 'the log did not sign this entry timestamp', {
      path: `${entry.path}.inclusionPromise`,
      expected: "a signature by the log over this entry's body, time and index",
      found: integratedTime === undefined ? 'no integrated time' : 'another signature',
    });
  }
}

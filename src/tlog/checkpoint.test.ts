import { describe, expect, test } from 'vitest';
import { parseSpki } from '#core/crypto/public-key';
import { EdgesealError } from '#core/errors/error';
import { limits } from '#core/limits';
import { rekorV1Signer, signCheckpoint } from '../../test/sigstore/material.ts';
import { strangerSigner, witnessSigner } from '../../test/sigstore/checkpoint.ts';
import { makeKey } from '../../test/sigstore/keys.ts';
import { makeWorld } from '../../test/sigstore/world.ts';
import { parseCheckpoint, verifyCheckpoint } from './checkpoint.ts';

const root = Buffer.alloc(32, 5);
const log = makeWorld().rekorV2;
const note = signCheckpoint({ origin: log.origin, size: 7, root, signers: [log.signer] });
const line = note.slice(note.lastIndexOf('\u2014'));
const text = (body: string): string => `${body}\n${line}`;
const hash = root.toString('base64');

function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof EdgesealError) return error.code;
    throw error;
  }
}

describe('C2SP tlog-checkpoint and signed-note', () => {
  test('is read', () => {
    expect(parseCheckpoint(note, 'c')).toMatchObject({
      origin: log.origin,
      size: 7,
      rootHash: root,
      text: `${log.origin}\n7\n${hash}\n`,
      signatures: [{ name: log.origin, keyHint: log.logId.subarray(0, 4) }],
    });
  });

  test.each<[string, string]>([
    ['extension lines', text(`o\n7\n${hash}\nTimestamp: 1\nx\n`)],
    ['size 0', text(`o\n0\n${hash}\n`)],
    ['the largest size', text(`o\n${Number.MAX_SAFE_INTEGER}\n${hash}\n`)],
    ['an origin with spaces', text(`rekor.example - 42\n7\n${hash}\n`)],
    ['several signatures', note + line + line],
  ])('%s', (_, given) => {
    expect(parseCheckpoint(given, 'c').rootHash).toEqual(root);
  });

  test.each<[string, string]>([
    ['nothing', ''],
    ['line feeds alone', '\n\n'],
    ['no empty line', note.replace('\n\n', '\n')],
    ['no signature', note.slice(0, note.indexOf('\n\n') + 2)],
    ['no final line feed', note.slice(0, -1)],
    ['two final line feeds', `${note}\n`],
    ['no origin', text(`\n7\n${hash}\n`)],
    ['an origin that is a size', text(`7\n${hash}\n`)],
    ['no size', text(`o\n${hash}\n`)],
    ['a size in hex', text(`o\n0x7\n${hash}\n`)],
    ['a negative size', text(`o\n-7\n${hash}\n`)],
    ['a size with a sign', text(`o\n+7\n${hash}\n`)],
    ['a leading zero', text(`o\n07\n${hash}\n`)],
    ['a fraction', text(`o\n7.0\n${hash}\n`)],
    ['a size with a space', text(`o\n7 \n${hash}\n`)],
    ['a size beyond 2^53 - 1', text(`o\n9007199254740992\n${hash}\n`)],
    ['no root hash', text('o\n7\n')],
    ['a short root hash', text('o\n7\nAAAA\n')],
    ['a root hash in hex', text(`o\n7\n${root.toString('hex')}\n`)],
    ['a root hash without padding', text(`o\n7\n${hash.slice(0, -1)}\n`)],
    ['an empty extension line', text(`o\n7\n${hash}\n\nx\n`)],
    ['CRLF', note.replaceAll('\n', '\r\n')],
    ['a control character', text(`o\u0007\n7\n${hash}\n`)],
    ['another dash', note.replace('\u2014', '-')],
    ['no space after the dash', note.replace('\u2014 ', '\u2014')],
    ['no name', note.replace(`\u2014 ${log.origin}`, '\u2014')],
    ['a name with a plus', note.replace(`\u2014 ${log.origin}`, '\u2014 a+b')],
    ['a name with a space', note.replace(`\u2014 ${log.origin}`, '\u2014 a b')],
    ['a signature that is no base64', `${note.slice(0, -3)}!!\n`],
    ['a signature of a hint alone', text(`o\n7\n${hash}\n`).replace(line, '\u2014 o AAAAAA==\n')],
    ['trailing text on a signature', `${note.slice(0, -1)} x\n`],
    ['an empty line between signatures', `${note}\n${line}`],
    ['too many signatures', note + line.repeat(limits.checkpointSignatures)],
  ])('%s is refused', (_, given) => {
    expect(outcome(() => parseCheckpoint(given, 'c'))).toBe('CHECKPOINT_INVALID');
  });
});

describe('who signed', () => {
  const key = parseSpki(log.key.spki);
  const verdict = (given: string, hint = log.logId.subarray(0, 4)): unknown =>
    outcome(() => {
      verifyCheckpoint(parseCheckpoint(given, 'c'), key, hint, 'c');
      return 'signed';
    });
  const signed = (options: Partial<Parameters<typeof signCheckpoint>[0]>): string =>
    signCheckpoint({ origin: log.origin, size: 7, root, signers: [log.signer], ...options });
  const at = new Date('2026-01-15T10:00:00Z');
  const bare = { ...log.signer, keyHint: Buffer.alloc(4) };
  const shard = makeWorld().rekorV1;

  test.each<[string, string]>([
    ['the log', note],
    ['a witness too', signed({ signers: [witnessSigner('w.example', at), log.signer] })],
    ['a stranger under its name too', signed({ signers: [strangerSigner(log.origin), log.signer] })],
    ['twice the log', signed({ signers: [log.signer, log.signer] })],
    ['extension lines', signed({ extra: ['x'] })],
  ])('%s', (_, given) => {
    expect(verdict(given)).toBe('signed');
  });

  test.each<[string, string]>([
    ['a witness alone', signed({ signers: [witnessSigner(log.origin, at)] })],
    ['a stranger', signed({ signers: [strangerSigner(log.origin)] })],
    ['the log under another name', signed({ signers: [{ ...log.signer, name: 'other.example' }] })],
    ['another origin', signed({ origin: 'other.example' })],
    ['an origin that only begins as the name', signed({ origin: `${log.origin}.evil` })],
    [
      'the same key under the name of another log',
      signed({ origin: 'other.example', signers: [{ ...log.signer, name: 'other.example' }] }),
    ],
    ['another key hint', signed({ signers: [bare] })],
    ['another size', note.replace('\n7\n', '\n8\n')],
    ['an added line', note.replace('\n\n', '\nx\n\n')],
    [
      'a cut signature',
      note.replace(
        /(\S+)\n$/,
        (_, blob: string) => `${Buffer.from(blob, 'base64').subarray(0, -1).toString('base64')}\n`,
      ),
    ],
    [
      'another key under the hint',
      signed({ signers: [{ ...log.signer, sign: (it) => makeKey('ed25519', 'x').sign(it) }] }),
    ],
  ])('%s is not believed', (_, given) => {
    expect(verdict(given)).toBe('CHECKPOINT_UNTRUSTED');
  });

  test('Rekor v1 names its tree behind its name', () => {
    const given = signCheckpoint({ origin: shard.origin, size: 1, root, signers: [shard.signer] });
    const read = parseCheckpoint(given, 'c');
    expect(() =>
      verifyCheckpoint(read, parseSpki(shard.key.spki), shard.logId.subarray(0, 4), 'c'),
    ).not.toThrow();
    const p384 = makeKey('p384', 'log');
    const by384 = parseCheckpoint(
      signCheckpoint({ origin: 'o', size: 1, root, signers: [rekorV1Signer('o', p384)] }),
      'c',
    );
    expect(() =>
      verifyCheckpoint(by384, parseSpki(p384.spki), rekorV1Signer('o', p384).keyHint, 'c'),
    ).not.toThrow();
  });

  test('names in a refusal hold no control character', () => {
    const given = note.replace(`\u2014 ${log.origin}`, '\u2014 \u007f\u009b');
    expect(() => verifyCheckpoint(parseCheckpoint(given, 'c'), key, Buffer.alloc(4), 'c')).toThrow(
      expect.objectContaining({ reason: expect.objectContaining({ found: expect.stringMatching(/^"/) }) }),
    );
  });
});

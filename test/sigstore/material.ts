// What the core's tests take of the local Sigstore to make evidence of: the core itself knows only how to read it.
export { rekorV1Signer, signCheckpoint } from '../../release/local/checkpoint.ts';
export * as write from '../../release/local/der.ts';
export { pem } from '../../release/local/der.ts';
export { fulcioOid, rawExtension, utf8Extension } from '../../release/local/fulcio-extensions.ts';
export { inclusionPath, rootHash } from '../../release/local/merkle.ts';
export { sctListExtension } from '../../release/local/sct.ts';
export { signatureAlgorithm } from '../../release/local/signing-key.ts';
export {
  basicConstraints,
  type Extension,
  issueCertificate,
  keyUsage,
  nameDer,
} from '../../release/local/x509.ts';

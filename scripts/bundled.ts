export { nodeIo } from '#core/io/node-io';
export { main } from '../verifier/main.ts';

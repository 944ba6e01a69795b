export { nodeIo } from '#core/io/node-io';
export { main } from '../release/main.ts';

#!/usr/bin/env node
import { nodeIo } from '#core/io/node-io';
import { main } from '../main.ts';

// Whatever is still asked of a network, nobody waits for once there is an answer.
process.exit(await main(process.argv.slice(2), nodeIo()));

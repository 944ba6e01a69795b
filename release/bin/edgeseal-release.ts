#!/usr/bin/env node
import { nodeIo } from '#core/io/node-io';
import { main } from '../main.ts';

process.exit(await main(process.argv.slice(2), nodeIo()));

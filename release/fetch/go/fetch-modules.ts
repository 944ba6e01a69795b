import { inParallel } from '#core/oci/in-parallel';
import type { LockedDependency } from '../../lock/lock.ts';
import { sorted, sourceInput, type FetchInput } from '../input.ts';
import { GoProxy, modulePath, moduleUrl } from './go-proxy.ts';
import { parseGoSum } from './go-sum.ts';

/** Modules that are fetched at one time. */
const AT_ONCE = 8;

/** A go.sum, and every module that it names: the archive or its go.mod alone, in the form of a GOPROXY. */
export const fetchModules: FetchInput = async (input, context) => {
  const { bytes, own } = await sourceInput(input, 'go-sum', context);
  const proxy = new GoProxy(context.env, context.origins.store);
  const brought = await inParallel(
    parseGoSum(bytes, input.from),
    async (entry): Promise<readonly LockedDependency[]> => {
      const stored = await context.origins.get(proxy.wanted(entry));
      if (stored === undefined) return [];
      const { module, version, what, h1 } = entry;
      return [
        {
          input: input.name,
          kind: what === 'zip' ? 'go-module' : 'go-mod',
          uri: moduleUrl(module, version, what),
          digest: { sha256: stored.sha256, dirHash1: h1 },
          size: stored.size,
          path: modulePath(module, version, what),
        },
      ];
    },
    AT_ONCE,
  );
  return [own, ...sorted(brought.flat())];
};

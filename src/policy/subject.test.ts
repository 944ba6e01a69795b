import { describe, expect, test } from 'vitest';
import type { Artifact } from '#core/verify/artifact';
import { globPattern } from './pattern.ts';
import { subjectFits } from './subject.ts';

const digests = { sha256: 'a'.repeat(64) };
const AT = `@sha256:${digests.sha256}`;
const fits = (subject: string, name: string, kind: Artifact['kind']): boolean =>
  subjectFits(globPattern(subject), { name, kind, digests });

const official = `index.docker.io/library/nginx:1.27${AT}`;
const hub = `index.docker.io/kubeedge/cloudcore:v1.20.0${AT}`;
const other = `ghcr.io/kubeedge/cloudcore:v1.20.0${AT}`;
const shallow = `registry.example/app:v1${AT}`;

describe('images', () => {
  test.each<[string, string, boolean]>([
    ['index.docker.io/kubeedge/cloudcore', hub, true],
    ['index.docker.io/kubeedge/*', hub, true],
    ['docker.io/kubeedge/cloudcore', hub, true],
    ['docker.io/kubeedge/cloudcore:v1.20.0', hub, true],
    [`docker.io/kubeedge/cloudcore:v1.20.0${AT}`, hub, true],
    ['docker.io/kubeedge/cloudcore:v1.21.0', hub, false],
    ['docker.io/*/cloudcore', hub, true],
    ['docker.io/**', hub, true],
    ['kubeedge/cloudcore', hub, true],
    ['kubeedge/*', hub, true],
    ['kubeedge/cloudcore:v1.*', hub, true],
    ['*/*', hub, true],
    ['*', hub, false],
    ['cloudcore', hub, false],
    ['edge/cloudcore', hub, false],
    ['ghcr.io/**', hub, false],
    ['nginx', official, true],
    ['nginx:1.27', official, true],
    ['nginx:1.28', official, false],
    ['library/nginx', official, true],
    ['docker.io/nginx', official, true],
    ['docker.io/library/*', official, true],
    ['index.docker.io/library/nginx', official, true],
    ['*', official, true],
    ['*/*', official, true],
    ['kubeedge/*', other, false],
    ['docker.io/**', other, false],
    ['ghcr.io/kubeedge/*', other, true],
    ['ghcr.io/*', other, false],
    ['**', other, true],
    ['*/*', shallow, false],
    ['*/app', shallow, true],
    ['*', shallow, false],
    ['registry.example/*', shallow, true],
    ['docker.io/a/b', `docker.io.example/a/b:v1${AT}`, false],
    ['a/b', `docker.io.example/a/b:v1${AT}`, false],
    ['a/b', 'localhost:5000/a/b:v1', false],
    ['localhost:5000/a/b', 'localhost:5000/a/b:v1', true],
  ])('%s, %s: %s', (subject, name, expected) => {
    expect(fits(subject, name, 'image')).toBe(expected);
  });
});

describe('what is no image keeps its name', () => {
  test.each<[string, string, Artifact['kind'], boolean]>([
    ['keadm-*.tar.gz', 'dist/keadm-v1.tar.gz', 'file', true],
    ['keadm-*.tar.gz', 'dist\\keadm-v1.tar.gz', 'file', true],
    ['dist/*', 'dist/keadm-v1.tar.gz', 'file', true],
    ['kubeedge/keadm', 'index.docker.io/kubeedge/keadm', 'file', false],
    ['*/*', 'dist/keadm', 'file', true],
  ])('%s, %s', (subject, name, kind, expected) => {
    expect(fits(subject, name, kind)).toBe(expected);
  });
});

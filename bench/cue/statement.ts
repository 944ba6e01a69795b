/** A Statement of 1.4 kB, as a release of KubeEdge would carry it. */
export const statement: string = JSON.stringify({
  _type: 'https://in-toto.io/Statement/v1',
  subject: ['cloudcore', 'edgecore', 'keadm'].map((name, index) => ({
    name: `${name}-v1.20.0-linux-amd64.tar.gz`,
    digest: { sha256: `${index}a1b2c3d4e5f60718`.repeat(4).slice(0, 64) },
  })),
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: {
    buildDefinition: {
      buildType: 'https://actions.github.io/buildtypes/workflow/v1',
      externalParameters: {
        workflow: {
          ref: 'refs/tags/v1.20.0',
          repository: 'https://github.com/kubeedge/kubeedge',
          path: '.github/workflows/release.yml',
        },
      },
      internalParameters: {
        github: {
          event_name: 'push',
          repository_id: '140258580',
          repository_owner_id: '43474587',
          runner_environment: 'github-hosted',
        },
      },
      resolvedDependencies: [
        {
          uri: 'git+https://github.com/kubeedge/kubeedge@refs/tags/v1.20.0',
          digest: { gitCommit: '8a1b2c3d4e5f60718293a4b5c6d7e8f901234567' },
        },
      ],
    },
    runDetails: {
      builder: { id: 'https://github.com/actions/runner/github-hosted' },
      metadata: {
        invocationId: 'https://github.com/kubeedge/kubeedge/actions/runs/12345678901/attempts/1',
        startedOn: '2026-01-01T12:00:00Z',
        finishedOn: '2026-01-01T12:10:00Z',
      },
    },
  },
});

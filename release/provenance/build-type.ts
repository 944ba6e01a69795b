/** What the parameters of our provenance mean: docs/buildtype.md. */
export const BUILD_TYPE = 'https://kubeedge.github.io/edgeseal/buildtypes/kubeedge-hermetic/v1';

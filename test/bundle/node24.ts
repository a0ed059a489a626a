import { findNode } from '../../packages/rehearsal/src/node/index.ts';

/** The Node 24 binary that the actions run on, as GitHub's runner brings its own. */
export const node24 = (): string => findNode();

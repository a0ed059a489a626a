export { fenceOf } from './fence.ts';

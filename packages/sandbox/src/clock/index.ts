export { type Holder, VirtualClock } from './virtual-clock.ts';

export { type ClockOptions, type Holder, VirtualClock } from './virtual-clock.ts';

export { createFeedCopy } from './copy.ts';
export { createCalendarFeed } from './feed.ts';

export { escapeText, type Html, html, type Part, render, trusted } from './html.ts';
export { cutMiddle, fairShare } from './share.ts';
export { clock, date, duration, iso, moment, period, tick } from './time.ts';

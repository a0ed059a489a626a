export { escapeText, type Html, html, type Part, render, trusted } from './html.ts';
export { cutMiddle, fairShare } from './share.ts';

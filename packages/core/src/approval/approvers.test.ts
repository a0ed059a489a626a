import { expect, test } from '@jest/globals';
import { approversOf, type Review } from './index.ts';

const review = (login: string, environment: string, state: Review['state'] = 'approved'): Review => ({
  environments: [environment],
  state,
  login,
  comment: '',
});

test('who approved the environments that count, each once', () => {
  const reviews = [
    review('ops-lead', 'Emergency'),
    review('Ops-Lead', 'emergency-2'),
    review('tech-lead', 'emergency-2', 'pending'),
    review('dev-lead', 'sit'),
  ];
  expect(approversOf(reviews, ['emergency', 'emergency-2'])).toEqual(['ops-lead']);
});

test('nobody where one was rejected', () => {
  const reviews = [review('ops-lead', 'emergency'), review('tech-lead', 'emergency-2', 'rejected')];
  expect(approversOf(reviews, ['emergency', 'emergency-2'])).toEqual([]);
  expect(approversOf(reviews, ['emergency'])).toEqual(['ops-lead']);
});

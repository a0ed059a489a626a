import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { groupedNotes, withExtraNotes } from './notes.ts';

const commit = (message: string, parents = ['p']) => ({ sha: 'abcdef0123456789', message, parents });

describe('notes by Conventional Commits', () => {
  test('are grouped, breaking changes first, merges left out', () => {
    const notes = groupedNotes([
      commit('fix(api): answer 404'),
      commit('feat: tenants by name'),
      commit('chore: tidy'),
      commit('feat!: drop v1'),
      commit('fix: x\n\nBREAKING CHANGE: y'),
      commit('Merge branch x', ['a', 'b']),
    ]);
    expect(notes).toBe(
      [
        '### Breaking changes\n- drop v1 (abcdef0)\n- x (abcdef0)',
        '### Features\n- tenants by name (abcdef0)',
        '### Fixes\n- **api**: answer 404 (abcdef0)',
        '### Other changes\n- chore: tidy (abcdef0)',
      ].join('\n\n'),
    );
  });

  test('say so when there is nothing', () => {
    expect(groupedNotes([commit('Merge', ['a', 'b'])])).toBe('No changes.');
  });
});

test('extra notes are added once, whatever line ends GitHub kept', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 1 }), (body, extra) => {
      const once = withExtraNotes(body, extra);
      expect(once).toContain(extra.trim());
      expect(withExtraNotes(once, extra)).toBe(once);
    }),
  );
  expect(withExtraNotes('a\r\n\r\nx\r\ny', 'x\ny')).toBe('a\r\n\r\nx\r\ny');
});

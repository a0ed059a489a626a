import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { combinationName, expandMatrix, readStrategy } from './matrix.ts';

const axis = fc.uniqueArray(fc.oneof(fc.string(), fc.integer(), fc.boolean()), {
  minLength: 1,
  maxLength: 4,
});
const axes = fc.dictionary(fc.stringMatching(/^[a-d]$/), axis, { minKeys: 1, noNullPrototype: true });

describe('a matrix', () => {
  test('has every value of an axis by every value of the others, once', () => {
    fc.assert(
      fc.property(axes, (matrix) => {
        const combinations = expandMatrix(matrix);
        const expected = Object.values(matrix).reduce((product, values) => product * values.length, 1);
        expect(combinations).toHaveLength(expected);
        expect(new Set(combinations.map((one) => JSON.stringify(one))).size).toBe(expected);
      }),
    );
  });

  test('excluding one value of an axis leaves none with it', () => {
    fc.assert(
      fc.property(axes, (matrix) => {
        const [name = '', values = []] = Object.entries(matrix)[0] ?? [];
        const left = expandMatrix({ ...matrix, exclude: [{ [name]: values[0] ?? null }] });
        expect(left.every((one) => one[name] !== values[0])).toBe(true);
        expect(left).toHaveLength((expandMatrix(matrix).length * (values.length - 1)) / values.length);
      }),
    );
  });

  test('include adds to what it fits, and else is a combination of its own (the example of GitHub’s documentation)', () => {
    const combinations = expandMatrix({
      fruit: ['apple', 'pear'],
      animal: ['cat', 'dog'],
      include: [
        { color: 'green' },
        { color: 'pink', animal: 'cat' },
        { fruit: 'apple', shape: 'circle' },
        { fruit: 'banana' },
        { fruit: 'banana', animal: 'cat' },
      ],
    });
    expect(combinations).toEqual([
      { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
      { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
      { fruit: 'pear', animal: 'cat', color: 'pink' },
      { fruit: 'pear', animal: 'dog', color: 'green' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ]);
  });

  test('only include makes only those', () => {
    expect(expandMatrix({ include: [{ a: 1 }, { a: 2 }] })).toEqual([{ a: 1 }, { a: 2 }]);
  });

  test('without one there is one job; an empty one is refused', () => {
    expect(readStrategy(undefined).combinations).toEqual([{}]);
    expect(() => readStrategy({ matrix: { region: [] } })).toThrow(/no combination/);
    expect(() => readStrategy({ matrix: { region: 'eu' } })).toThrow(
      /strategy.matrix.region must be a list, not "eu"/,
    );
  });

  test('names a job by its values', () => {
    expect(combinationName({ service: { name: 'tenants', order: 1 }, region: 'eu-west-1' })).toBe(
      ' (tenants, 1, eu-west-1)',
    );
    expect(combinationName({})).toBe('');
  });
});

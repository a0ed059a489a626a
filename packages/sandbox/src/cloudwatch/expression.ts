/** A metric math expression, parsed. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'call'; readonly name: string; readonly given: readonly Expression[] }
  | {
      readonly kind: 'binary';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    };

const LEVELS = [['||'], ['&&'], ['<', '<=', '>', '>=', '==', '!='], ['+', '-'], ['*', '/'], ['^']] as const;
export type Operator = (typeof LEVELS)[number][number];

const WORDS: Readonly<Record<string, Operator>> = { AND: '&&', OR: '||' };
const TOKEN =
  /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|([A-Za-z_]\w*)|"([^"]*)"|'([^']*)'|(&&|\|\||[<>=!]=|[-+*/^()<>,[\]]))/y;

type Token =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name' | 'text' | 'sign'; readonly value: string };

/** Why an expression cannot be read or computed, in words that complete "Error in expression 'e1': …". */
export class ExpressionError extends Error {}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const source = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (match === null)
      throw new ExpressionError(`unexpected character at position ${at + 1} of "${source}"`);
    const [, digits, name, double, single, sign] = match;
    if (digits !== undefined) tokens.push({ kind: 'number', value: Number(digits) });
    else if (name !== undefined && Object.hasOwn(WORDS, name))
      tokens.push({ kind: 'sign', value: WORDS[name] ?? '' });
    else if (name !== undefined) tokens.push({ kind: 'name', value: name });
    else if (sign !== undefined) tokens.push({ kind: 'sign', value: sign });
    else tokens.push({ kind: 'text', value: double ?? single ?? '' });
  }
  return tokens;
}

/** Reads `+ - * / ^`, comparisons, AND and OR, parentheses, lists in brackets and calls. Throws ExpressionError. */
export function parseExpression(text: string): Expression {
  const tokens = tokensOf(text);
  let position = 0;

  const isSign = (sign: string) => tokens[position]?.kind === 'sign' && tokens[position]?.value === sign;
  const expect = (sign: string) => {
    if (!isSign(sign)) throw new ExpressionError(`expected "${sign}" ${where()}`);
    position++;
  };
  const where = () => {
    const token = tokens[position];
    return token === undefined ? 'at the end' : `before "${token.value}"`;
  };

  function level(depth: number): Expression {
    const operators: readonly Operator[] | undefined = LEVELS[depth];
    if (operators === undefined) return unary();
    let left = level(depth + 1);
    for (;;) {
      const operator = operators.find(isSign);
      if (operator === undefined) return left;
      position++;
      left = { kind: 'binary', operator, left, right: level(depth + 1) };
    }
  }

  function unary(): Expression {
    if (!isSign('-')) return primary();
    position++;
    return { kind: 'binary', operator: '-', left: { kind: 'number', value: 0 }, right: unary() };
  }

  function itemsUntil(end: string): readonly Expression[] {
    const items: Expression[] = [];
    while (!isSign(end)) {
      if (items.length > 0) expect(',');
      items.push(level(0));
    }
    position++;
    return items;
  }

  function primary(): Expression {
    const token = tokens[position];
    if (token === undefined) throw new ExpressionError('unexpected end of the expression');
    const unexpected = new ExpressionError(`unexpected "${token.value}"`);
    position++;
    if (token.kind === 'number') return token;
    if (token.kind === 'text') return { kind: 'text', value: token.value };
    if (token.kind === 'name') {
      if (!isSign('(')) return { kind: 'name', name: token.value };
      position++;
      return { kind: 'call', name: token.value, given: itemsUntil(')') };
    }
    if (token.value === '[') return { kind: 'list', items: itemsUntil(']') };
    if (token.value !== '(') throw unexpected;
    const inner = level(0);
    expect(')');
    return inner;
  }

  const expression = level(0);
  if (position < tokens.length) throw new ExpressionError(`unexpected "${tokens[position]?.value}"`);
  return expression;
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const CALL = /\bfileText\('([^']+)'\)/g;

/** Puts a file's text in the place of `fileText('path')`, so that a bundle needs no file beside it. */
export function fileTexts() {
  return {
    name: 'file-texts',
    transform(code, id) {
      if (!code.includes("fileText('")) return null;
      const { resolve } = createRequire(id);
      return code.replace(CALL, (_, path) => {
        const file = resolve(path);
        this.addWatchFile(file);
        return JSON.stringify(readFileSync(file, 'utf8'));
      });
    },
  };
}

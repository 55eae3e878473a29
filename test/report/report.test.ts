import { describe, expect, it } from 'vitest';
import { report } from '../../report/report.ts';
import { sample } from './sample.ts';

describe('report', () => {
  it('is one file without anything to load', () => {
    const html = report(sample({ operations: 200, messages: true }));
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<(?:script|img|iframe|link)[^>]* (?:src|href)="(?!data:)/);
    expect(html.length).toBeLessThan(1_000_000);
  });

  it('puts hostile text in as data that cannot end its script', () => {
    const hostile = '</script><script>alert(1)</script><!--\u2028';
    const html = report(sample({ operations: 200, hostile }));
    expect(html).not.toContain('<script>alert');
    expect(html).not.toContain('\u2028');
  });

  it('is the same to the byte for the same results', () => {
    expect(report(sample({ operations: 200 }))).toBe(report(sample({ operations: 200 })));
  });
});

import { CronExpressionParser } from 'cron-parser';

const FIELDS = 5;

/** Whether this is an expression of cron, of minutes to days of the week, that names instants to come. */
export function isCron(expression: string): boolean {
  try {
    return expression.trim().split(/\s+/).length === FIELDS && CronExpressionParser.parse(expression).hasNext();
  } catch {
    return false;
  }
}

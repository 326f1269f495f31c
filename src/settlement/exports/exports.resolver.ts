import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { NO_ID, parseIdOf } from '../../kernel/ids.ts';
import { actsForPartner } from '../../kernel/viewer.ts';
import { badInput } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden, viewerAs } from '../../platform/graphql/rights.ts';
import { readCyclesByNo } from '../cycles/cycles.queries.ts';
import { readStatements } from '../statements/statements.queries.ts';
import { exportCycle } from './export-cycle.ts';
import type { CycleFormat, Exported, StatementFormat } from './export-format.ts';
import { exportStatement } from './export-statement.ts';
import { CycleExportFormatEnum, ExportedFileType, StatementExportFormatEnum } from './exports.types.ts';

/** What an answer carries at most; the command has no such bound. */
const MOST_BYTES = 16 * 1024 * 1024;

@Resolver()
export class ExportsResolver {
  @Query(() => ExportedFileType, {
    nullable: true,
    description: 'OPERATOR, PARTNER (own): a statement as a file; null when there is no such statement.',
  })
  async statementExport(
    @Ctx() context: Context,
    @Arg('statementId', () => ID, { description: 'Id of the statement.' }) statementId: string,
    @Arg('format', () => StatementExportFormatEnum, { description: 'What it is written as.' }) format: StatementFormat,
  ): Promise<ExportedFileType | undefined> {
    viewerAs(context.viewer, 'OPERATOR', 'PARTNER');
    const statement = await context.load(readStatements, parseIdOf('Statement', statementId) ?? NO_ID);
    if (statement === undefined) return undefined;
    if (!actsForPartner(context.viewer, statement.partnerId)) throw forbidden();
    const cycle = await context.load(readCyclesByNo, statement.cycleNo);
    if (cycle === undefined) throw new Error(`there is no cycle ${statement.cycleNo}`);
    return toFile(await exportStatement(context.db, cycle, statement.partnerId, format));
  }

  @Query(() => ExportedFileType, {
    nullable: true,
    description:
      'OPERATOR: a closed cycle as a file; null when it is written as PAIN_001 and the operator has nothing to pay. Up to 16 MiB: `npm run settlement:export` has no bound.',
  })
  async cycleExport(
    @Ctx() context: Context,
    @Arg('cycleId', () => ID, { description: 'Id of the cycle.' }) cycleId: string,
    @Arg('format', () => CycleExportFormatEnum, { description: 'What it is written as.' }) format: CycleFormat,
  ): Promise<ExportedFileType | undefined> {
    viewerAs(context.viewer, 'OPERATOR');
    return toFile(await exportCycle(context.db, parseIdOf('ClearingCycle', cycleId) ?? NO_ID, format));
  }
}

async function toFile(exported: Exported): Promise<ExportedFileType | undefined> {
  if ('refused' in exported) {
    if (exported.refused.reason === 'NOTHING_TO_PAY') return undefined;
    throw badInput(exported.refused.message);
  }
  const { fileName, mimeType, pieces } = exported.done;
  const bytes: Buffer[] = [];
  let size = 0;
  for await (const piece of pieces) {
    bytes.push(Buffer.from(piece));
    size += bytes.at(-1)?.length ?? 0;
    if (size > MOST_BYTES) throw badInput('This document is larger than 16 MiB: write it with `npm run settlement:export`.');
  }
  return { fileName, mimeType, base64: Buffer.concat(bytes).toString('base64') };
}

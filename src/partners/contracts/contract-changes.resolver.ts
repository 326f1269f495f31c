import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Outcome } from '../../kernel/refusal.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { type Changed, changeCoalition } from '../change-coalition.ts';
import { toPayload } from '../change-payload.types.ts';
import { addNote } from './add-note.ts';
import { ContractPayload, toContract } from './contract.types.ts';
import {
  AddContractNoteInput,
  DraftContractInput,
  GiveContractNoticeInput,
  ProposeContractInput,
  ProposeDraftInput,
  RejectContractInput,
  ResumeContractInput,
  ReviseDraftInput,
  SignContractInput,
  SuspendContractInput,
} from './contract-inputs.types.ts';
import { draftContract, proposeDraft, reviseDraft } from './draft-contract.ts';
import { giveNotice } from './give-notice.ts';
import { proposeContract } from './propose-contract.ts';
import { rejectContract } from './reject-contract.ts';
import { signContract } from './sign-contract.ts';
import { resumeContract, suspendContract } from './suspend-contract.ts';

@Resolver()
export class ContractChangesResolver {
  @Mutation(() => ContractPayload, {
    description: 'OPERATOR: proposes terms to a partner: the first open its contract, later ones are new versions of it.',
  })
  async proposeContract(
    @Ctx() context: Context,
    @Arg('input', () => ProposeContractInput, { description: 'The terms.' }) input: ProposeContractInput,
  ): Promise<ContractPayload> {
    return answer(
      await changeCoalition(context, {
        operation: 'proposeContract',
        input,
        roles: ['OPERATOR'],
        work: (tx, moment, viewer) => proposeContract(tx, input, moment, viewer),
      }),
    );
  }

  @Mutation(() => ContractPayload, {
    description: 'OPERATOR: writes terms that the partner does not see until they are proposed.',
  })
  async draftContract(
    @Ctx() context: Context,
    @Arg('input', () => DraftContractInput, { description: 'The terms.' }) input: DraftContractInput,
  ): Promise<ContractPayload> {
    return answer(
      await changeCoalition(context, {
        operation: 'draftContract',
        input,
        roles: ['OPERATOR'],
        work: (tx, moment, viewer) => draftContract(tx, input, moment, viewer),
      }),
    );
  }

  @Mutation(() => ContractPayload, {
    description: 'OPERATOR: writes a draft anew, as a whole; refused when it has changed since it was read.',
  })
  async reviseDraft(
    @Ctx() context: Context,
    @Arg('input', () => ReviseDraftInput, { description: 'The draft.' }) input: ReviseDraftInput,
  ): Promise<ContractPayload> {
    return answer(
      await changeCoalition(context, {
        operation: 'reviseDraft',
        input,
        roles: ['OPERATOR'],
        work: (tx, moment, viewer) => reviseDraft(tx, input, moment, viewer),
      }),
    );
  }

  @Mutation(() => ContractPayload, {
    description: 'OPERATOR: proposes a draft to the partner.',
  })
  async proposeDraft(
    @Ctx() context: Context,
    @Arg('input', () => ProposeDraftInput, { description: 'The draft.' }) input: ProposeDraftInput,
  ): Promise<ContractPayload> {
    return answer(
      await changeCoalition(context, {
        operation: 'proposeDraft',
        input,
        roles: ['OPERATOR'],
        work: (tx, moment, viewer) => proposeDraft(tx, input, moment, viewer),
      }),
    );
  }

  @Mutation(() => ContractPayload, {
    description: 'PARTNER (own), then OPERATOR: signs a version. Signed by both it comes into force and ends the one before.',
  })
  async signContract(
    @Ctx() context: Context,
    @Arg('input', () => SignContractInput, { description: 'What is signed.' }) input: SignContractInput,
  ): Promise<ContractPayload> {
    return answer(
      await changeCoalition(context, {
        operation: 'signContract',
        input,
        roles: ['OPERATOR', 'PARTNER'],
        work: (tx, moment, viewer) => signContract(tx, input, moment, viewer),
      }),
    );
  }

  @Mutation(() => ContractPayload, {
    description: 'PARTNER (own), OPERATOR: turns a proposal down, or takes it back: it is a draft again and signed by nobody.',
  })
  async rejectContract(
    @Ctx() context: Context,
    @Arg('input', () => RejectContractInput, { description: 'The proposal.' }) input: RejectContractInput,
  ): Promise<ContractPayload> {
    return answer(
      await changeCoalition(context, {
        operation: 'rejectContract',
        input,
        roles: ['OPERATOR', 'PARTNER'],
        work: (tx, moment, viewer) => rejectContract(tx, input, moment, viewer),
      }),
    );
  }

  @Mutation(() => ContractPayload, {
    description: 'OPERATOR: stops earning and burning at the partner at once; reversals, captures of holds, refunds and expiry go on.',
  })
  async suspendContract(
    @Ctx() context: Context,
    @Arg('input', () => SuspendContractInput, { description: 'The contract.' }) input: SuspendContractInput,
  ): Promise<ContractPayload> {
    return answer(
      await changeCoalition(context, {
        operation: 'suspendContract',
        input,
        roles: ['OPERATOR'],
        work: (tx, moment, viewer) => suspendContract(tx, input, moment, viewer),
      }),
    );
  }

  @Mutation(() => ContractPayload, {
    description: 'OPERATOR: lets a suspended partner earn and burn again.',
  })
  async resumeContract(
    @Ctx() context: Context,
    @Arg('input', () => ResumeContractInput, { description: 'The contract.' }) input: ResumeContractInput,
  ): Promise<ContractPayload> {
    return answer(
      await changeCoalition(context, {
        operation: 'resumeContract',
        input,
        roles: ['OPERATOR'],
        work: (tx, moment, viewer) => resumeContract(tx, input, moment, viewer),
      }),
    );
  }

  @Mutation(() => ContractPayload, {
    description: 'OPERATOR, PARTNER (own): gives notice as the termination clause says; with a cause the contract is suspended at once.',
  })
  async giveContractNotice(
    @Ctx() context: Context,
    @Arg('input', () => GiveContractNoticeInput, { description: 'The contract.' }) input: GiveContractNoticeInput,
  ): Promise<ContractPayload> {
    return answer(
      await changeCoalition(context, {
        operation: 'giveContractNotice',
        input,
        roles: ['OPERATOR', 'PARTNER'],
        work: (tx, moment, viewer) => giveNotice(tx, input, moment, viewer),
      }),
    );
  }

  @Mutation(() => ContractPayload, {
    description: 'OPERATOR, PARTNER (own): writes a note that both can read in the events of the contract.',
  })
  async addContractNote(
    @Ctx() context: Context,
    @Arg('input', () => AddContractNoteInput, { description: 'The note.' }) input: AddContractNoteInput,
  ): Promise<ContractPayload> {
    return answer(
      await changeCoalition(context, {
        operation: 'addContractNote',
        input,
        roles: ['OPERATOR', 'PARTNER'],
        work: (tx, moment, viewer) => addNote(tx, input, moment, viewer),
      }),
    );
  }
}

function answer(outcome: Outcome<Changed>): ContractPayload {
  return toPayload(outcome, ({ id, coalition, now }) => ({ contract: toContract(coalition.contractById(id), now) }));
}

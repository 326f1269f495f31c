import { acceptance } from './acceptance/acceptance.clause.ts';
import { breakage } from './breakage/breakage.clause.ts';
import { costAllocation } from './cost-allocation/cost-allocation.clause.ts';
import { dataSharing } from './data-sharing/data-sharing.clause.ts';
import { exchange } from './exchange/exchange.clause.ts';
import { exclusivity } from './exclusivity/exclusivity.clause.ts';
import { fees } from './fees/fees.clause.ts';
import { intellectualProperty } from './intellectual-property/intellectual-property.clause.ts';
import { issuance } from './issuance/issuance.clause.ts';
import { jointPromotion } from './joint-promotion/joint-promotion.clause.ts';
import { paymentTerms } from './payment-terms/payment-terms.clause.ts';
import { responsibility } from './responsibility/responsibility.clause.ts';
import { revenueShare } from './revenue-share/revenue-share.clause.ts';
import { scope } from './scope/scope.clause.ts';
import { termination } from './termination/termination.clause.ts';

/** Every kind of clause. A new kind is a folder here and a line in this list. */
export const CLAUSE_KINDS = [
  scope,
  issuance,
  acceptance,
  exchange,
  revenueShare,
  breakage,
  costAllocation,
  jointPromotion,
  paymentTerms,
  responsibility,
  intellectualProperty,
  exclusivity,
  dataSharing,
  fees,
  termination,
] as const;

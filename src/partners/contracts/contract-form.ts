/** What kind of cooperation a contract version is. */
export const CONTRACT_FORMS = ['ALLIANCE', 'PARTNERSHIP', 'JOINT_PROMOTION', 'PILOT'] as const;
export type ContractForm = (typeof CONTRACT_FORMS)[number];

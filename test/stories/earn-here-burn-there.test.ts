import { accrualOf, cny, type Nova, redemptionOf, startNova } from '../support/coalition.ts';
import { drawBook } from '../support/t-accounts.ts';

let nova: Nova;
beforeAll(async () => {
  nova = await startNova();
});
afterAll(() => nova.stop());

test('a member earns at the airline and the café, pays with the points at the depot, and everybody is square', async () => {
  // given Wang Xiaoming, who joined through the airline
  const member = await nova.enrol({
    displayName: '王小明',
    homePartner: 'AERO',
  });

  // when he flies for 300.00 and has coffee for 42.50
  const flight = await nova.earn('AERO', member, {
    externalId: 'FLIGHT-1',
    amount: cny('300.00'),
    occurredAt: '2026-01-10T08:00:00+08:00',
  });
  expect(accrualOf(flight)).toMatchObject({
    points: 3000,
    fundingMicros: '36000000',
  });
  const coffee = await nova.earn('CAFE', member, {
    externalId: 'CUP-1',
    amount: cny('42.50'),
    occurredAt: '2026-01-11T08:00:00+08:00',
  });
  expect(accrualOf(coffee).points).toBe(425);

  // and pays a shelf of 100.00 at the depot with 2,000 points of the airline, of which the depot keeps 1,500
  const held = redemptionOf(
    await nova.hold('DEPOT', member, 'APT', 2000, {
      orderExternalId: 'SHELF-1',
      orderAmount: cny('100.00'),
    }),
  );
  expect(held.tenderValue).toEqual(cny('20.00'));
  expect(redemptionOf(await nova.capture('DEPOT', held.id, { points: 1500 })).tenderValue).toEqual(cny('15.00'));

  // and the bookshop, which has issued nothing, takes his coffee points
  await nova.amend('BOOKS', '2026-01-14T00:00:00+08:00', {
    currency: 'BPT',
    price: [5_000, 1_000],
    acceptance: { currencies: ['BPT', 'CPT'] },
  });
  const book = redemptionOf(await nova.hold('BOOKS', member, 'CPT', 400, { orderExternalId: 'BOOK-1' }));
  await nova.capture('BOOKS', book.id);

  // and a third of the flight is paid back, and a tenth of the shelf
  await nova.reverse('AERO', accrualOf(flight).id, {
    returnedAmount: cny('100.00'),
  });
  await nova.refund('DEPOT', held.id, { points: 150 });

  // then he has what is left
  expect(await nova.balanceOf(member, 'APT')).toMatchObject({
    available: 650,
    held: 0,
    pending: 0,
  });
  expect(await nova.balanceOf(member, 'CPT')).toMatchObject({ available: 25 });
  // and partners owe or get, in fen: the depot 13.50 less 3 %
  const net = async (partner: string) => (await nova.positionOf(partner)).netPosition.minor;
  expect([await net('AERO'), await net('BOOKS'), await net('CAFE'), await net('DEPOT')]).toEqual(['-2400', '800', '-999', '1309']);
  expect(await nova.faults()).toEqual([]);
  expect(await drawBook(nova.app.db)).toMatchInlineSnapshot(`
   "WALLET 王小明 APT
   -----------------------------------------------------------------------
   accrual.confirmed             3000 |
                                      | redemption.captured           1500
                                      | accrual.reversed              1000
   redemption.refunded            150 |
   = balance                      650 |

   ISSUANCE AERO APT
   -----------------------------------------------------------------------
                                      | accrual.confirmed             3000
   accrual.reversed              1000 |
                                      | = balance                     2000

   REDEEMED DEPOT APT
   -----------------------------------------------------------------------
   redemption.captured           1500 |
                                      | redemption.refunded            150
   = balance                     1350 |

   WALLET 王小明 CPT
   -----------------------------------------------------------------------
   accrual.confirmed              425 |
                                      | redemption.captured            400
   = balance                       25 |

   ISSUANCE CAFE CPT
   -----------------------------------------------------------------------
                                      | accrual.confirmed              425
                                      | = balance                      425

   REDEEMED BOOKS CPT
   -----------------------------------------------------------------------
   redemption.captured            400 |
   = balance                      400 |

   PARTNER AERO CNY
   -----------------------------------------------------------------------
                                      | accrual.confirmed        36.000000
   accrual.reversed         12.000000 |
                                      | = balance                24.000000

   PARTNER BOOKS CNY
   -----------------------------------------------------------------------
   redemption.captured       8.000000 |
   = balance                 8.000000 |

   PARTNER CAFE CNY
   -----------------------------------------------------------------------
                                      | accrual.confirmed         9.987500
                                      | = balance                 9.987500

   PARTNER DEPOT CNY
   -----------------------------------------------------------------------
   redemption.captured      15.000000 |
                                      | redemption.refunded       1.500000
   = balance                13.500000 |

   POOL APT CNY
   -----------------------------------------------------------------------
   accrual.confirmed        30.000000 |
                                      | redemption.captured      15.000000
                                      | accrual.reversed         10.000000
   redemption.refunded       1.500000 |
   = balance                 6.500000 |

   POOL CPT CNY
   -----------------------------------------------------------------------
   accrual.confirmed         8.500000 |
                                      | redemption.captured       8.000000
   = balance                 0.500000 |

   OPERATOR CNY
   -----------------------------------------------------------------------
   accrual.confirmed         6.000000 |
   accrual.confirmed         1.487500 |
                                      | accrual.reversed          2.000000
   = balance                 5.487500 |"
  `);
});

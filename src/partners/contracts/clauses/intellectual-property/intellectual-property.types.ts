import { Field, InputType, ObjectType } from 'type-graphql';
import { DateTime } from '../../../../platform/graphql/scalars.ts';

const brandAsset = 'A mark of a brand that others may show while it is licensed.';

@ObjectType('BrandAsset', { description: brandAsset })
@InputType('BrandAssetInput', { description: brandAsset })
export class BrandAssetType {
  @Field(() => String, { description: 'What it is, such as LOGO: 1 to 64 characters, capitals do not matter. A version names it once.' })
  readonly name!: string;

  @Field(() => String, { description: 'Where it is kept: an address that begins with https.' })
  readonly url!: string;
}

const description = 'The right of the coalition to show marks of the partner, for a time and in some countries.';

@ObjectType('IntellectualPropertyClause', { description })
@InputType('IntellectualPropertyClauseInput', { description })
export class IntellectualPropertyClauseType {
  @Field(() => [BrandAssetType], { description: 'What may be shown: 1 to 20 assets. The one that is called LOGO is the logo.' })
  readonly assets!: readonly BrandAssetType[];

  @Field(() => DateTime, { description: 'First instant of the licence.' })
  readonly from!: Date;

  @Field(() => DateTime, { nullable: true, description: 'The instant at which the licence is over; as long as the version when left out.' })
  readonly until?: Date | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Countries for which it holds, two capitals each as in ISO 3166-1 (CN, DE); all when left out.',
  })
  readonly territories?: readonly string[] | null;
}

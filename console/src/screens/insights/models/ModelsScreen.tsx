import { useQuery } from '@tanstack/react-query'
import type { OtherCards, PredictionModel } from '@/api/generated'
import {
  listPredictionModelsOptions,
  listRecommendationModelsOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { EmptyState, Loaded, PageHeader, Section } from '@/design'
import { InsightTabs } from '../InsightTabs'
import { useText } from '../texts'
import { GoodsModel } from './GoodsModel'
import { HabitsModel } from './HabitsModel'
import { PurchaseModel } from './PurchaseModel'
import { Recommendations } from './Recommendations'

export default function ModelsScreen() {
  const query = useQuery(listPredictionModelsOptions())
  return (
    <>
      <InsightTabs />
      <Loaded query={query} lines={10} isPage>
        {(models) => (
          <>
            <Told models={models} />
            <Recommending />
          </>
        )}
      </Loaded>
    </>
  )
}

function Told({ models }: { models: PredictionModel[] }) {
  const t = useText()
  // The newest that has learned: one that is under way says nothing yet.
  const newest = models.find((one) => one.card)
  const auc = newest?.card?.quality?.auc.value
  return (
    <>
      <PageHeader
        documentTitle={t('models_title')}
        title={
          auc === undefined
            ? t('models_title')
            : t('models_finding', { hits: Math.round(auc * 100) })
        }
        reason={t('models_reason')}
      />
      {newest?.card ? (
        <>
          <PurchaseModel model={newest} card={newest.card} />
          <Others cards={newest.others} />
        </>
      ) : (
        <Section title={t('models_title')} isTitleHidden>
          <EmptyState title={t('models_none')}>{t('models_none_how')}</EmptyState>
        </Section>
      )}
    </>
  )
}

/** What was learned beside purchases: what runs low, and what people lean to. */
function Others({ cards: { products, categories, habits } }: { cards: OtherCards }) {
  return (
    <>
      {products && <GoodsModel of="products" card={products} />}
      {categories && <GoodsModel of="categories" card={categories} />}
      {habits && <HabitsModel cards={habits} />}
    </>
  )
}

/** The newest that has learned, if any has. */
function Recommending() {
  const query = useQuery(listRecommendationModelsOptions())
  return (
    <Loaded query={query}>
      {(models) => {
        const model = models.find((one) => one.card)
        return model?.card ? <Recommendations model={model} card={model.card} /> : null
      }}
    </Loaded>
  )
}

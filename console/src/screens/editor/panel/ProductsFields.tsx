import { TextInput } from '@mantine/core'
import { NumberField } from '@/design'
import type { Of } from '../blocks/model'
import { chosenProducts, isSeeded, isStrategy, strategies } from '../blocks/strategies'
import { LiquidInput } from '../liquid/LiquidInput'
import { useEditor } from '../state/editor'
import { Choice, Select, Yes } from './fields'
import type { Props } from './KindFields'
import styles from './Panel.module.css'
import { useText } from './productsTexts'

const favourites = 'customer.favourite_category_products'
const counts = ['1', '2', '3'] as const

/** Which products a block shows each reader, how many, and how. */
export default function ProductsFields({ language, block, change }: Props<Of<'products'>>) {
  const t = useText()
  const { strategy } = block
  const chosen = isStrategy(strategy) ? strategy : (block.source ?? '')
  const lists = [...new Set([favourites, chosen])].filter((one) => one && !isStrategy(one))
  return (
    <>
      <Select
        label={t('source')}
        description={isStrategy(strategy) ? t(`about_${strategy}`) : t('source_note')}
        value={chosen}
        choices={[
          ...strategies.map((one): [string, string] => [one, t(`strategy_${one}`)]),
          ...lists.map((one): [string, string] => [
            one,
            one === favourites ? t('source_favourite') : one,
          ]),
        ]}
        onChange={(choice) => change(chosenProducts(choice))}
      />
      {isStrategy(strategy) && isSeeded(strategy) && <SeedFields block={block} change={change} />}
      {isStrategy(strategy) && (
        <>
          <Yes label={t('fills')} value={block.fills} onChange={(fills) => change({ fills })} />
          <Yes
            label={t('shows_reason')}
            value={block.shows_reason}
            onChange={(shows_reason) => change({ shows_reason })}
          />
          <Yes
            label={t('shows_refusal')}
            value={block.shows_refusal}
            onChange={(shows_refusal) => change({ shows_refusal })}
          />
        </>
      )}
      <LiquidInput
        label={t('products_title')}
        lang={language}
        value={block.title ?? ''}
        onChange={(title) => change({ title }, 'title')}
      />
      <div className={styles.pair}>
        <NumberField
          label={t('limit')}
          isWhole
          min={1}
          max={12}
          value={block.limit ?? 3}
          onChange={(limit) => limit && change({ limit }, 'limit')}
        />
        <Choice
          label={t('beside')}
          value={String(block.columns ?? 3)}
          choices={counts.map((one) => [one as string, one])}
          onChange={(columns) => change({ columns: Number(columns) })}
        />
      </div>
      <Yes
        label={t('shows_price')}
        value={block.shows_price ?? true}
        onChange={(shows_price) => change({ shows_price })}
      />
      <LiquidInput
        label={t('product_label')}
        lang={language}
        value={block.label ?? ''}
        onChange={(label) => change({ label }, 'label')}
      />
    </>
  )
}

/** What the strategy goes out from: the reader's own latest, what let them in, or one product. */
function SeedFields({ block, change }: Pick<Props<Of<'products'>>, 'block' | 'change'>) {
  const t = useText()
  const { readsEvent } = useEditor()
  const seed = block.seed ?? ''
  const product = /^'([^']*)'$/.exec(seed)?.[1]
  const paths = [...(readsEvent ? ['trigger.products', 'cart.products'] : []), seed].filter(
    (one, at, all) => one && product === undefined && all.indexOf(one) === at,
  )
  return (
    <>
      <Select
        label={t('seed')}
        value={product === undefined ? seed : 'product'}
        choices={[
          ['', t('seed_latest')],
          ...paths.map((one): [string, string] => [one, seedName(t, one)]),
          ['product', t('seed_product')],
        ]}
        onChange={(one) => change({ seed: one === 'product' ? "''" : one })}
      />
      {product !== undefined && (
        <TextInput
          label={t('seed_product_id')}
          value={product}
          error={product ? undefined : t('seed_product_empty')}
          onChange={(event) =>
            change({ seed: `'${event.currentTarget.value.replaceAll(/['{}%]/g, '')}'` }, 'seed')
          }
        />
      )}
    </>
  )
}

function seedName(t: ReturnType<typeof useText>, path: string): string {
  if (path === 'trigger.products') return t('seed_trigger')
  return path === 'cart.products' ? t('seed_cart') : path
}

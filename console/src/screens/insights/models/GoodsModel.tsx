import type { GoodsCard, GoodsQuality } from '@/api/generated'
import { Facts, Section } from '@/design'
import { useFormat } from '@/language/format'
import { Picture } from '../Picture'
import { useText } from '../texts'
import { Calibration } from './Calibration'
import { Measured, useTenths, useWithheld } from './PurchaseModel'
import styles from './PurchaseModel.module.css'
import recommendations from './Recommendations.module.css'

interface Props {
  of: 'products' | 'categories'
  card: GoodsCard
}

/** The forecast of what runs low: learned from what, how well it did, and what it does not say. */
export function GoodsModel({ of, card }: Props) {
  const t = useText()
  const format = useFormat()
  const withheld = useWithheld()
  return (
    <div className={recommendations.card}>
      {card.quality && <Tried of={of} quality={card.quality} />}
      <div className={styles.columns}>
        <Section title={t(`goods_${of}`)}>
          <Facts
            facts={[
              [t('model_says'), t(`goods_${of}_what`)],
              [
                t('model_data'),
                t('goods_data_what', {
                  people: format.number(card.n_customers),
                  goods: format.number(card.n_goods),
                  purchases: format.number(card.n_purchases),
                  days: format.number(card.history_days),
                }),
              ],
              [t('goods_named'), t('goods_named_what', { count: card.n_named })],
            ]}
          />
        </Section>
        <Section title={t('model_limits')}>
          <ul className={styles.limits}>
            {card.withheld && <li className={styles.withheld}>{withheld(card.withheld)}</li>}
            <li>{t('goods_limit_twice')}</li>
            <li>{t('goods_limit_sure')}</li>
            <li>{t('limit_people')}</li>
          </ul>
        </Section>
      </div>
    </div>
  )
}

function Tried({ of, quality }: { of: Props['of']; quality: GoodsQuality }) {
  const t = useText()
  const format = useFormat()
  const { came, reliability } = quality
  const tenth = (value: number) => format.number(Math.round(value * 10) / 10)
  return (
    <>
      <Picture
        title={t(`goods_${of}_picture`, { days: quality.days })}
        figures={useTenths(reliability.bins)}
        file={`running-low-${of}`}
      >
        <Calibration tenths={reliability.bins} />
        <p className={styles.note}>
          {t('goods_note', { error: tenth(reliability.expected_error * 100) })}
        </p>
      </Picture>
      <ul className={styles.figures}>
        <Measured
          value={format.percent(came.value, 0)}
          label={t('goods_came', { count: quality.n_named })}
          note={t('goods_came_note', {
            said: format.percent(quality.said, 0),
            low: format.percent(came.low, 0),
            high: format.percent(came.high, 0),
          })}
        />
        <Measured
          value={format.percent(quality.coverage, 0)}
          label={t('goods_within')}
          note={t('goods_within_note')}
        />
        <Measured
          value={tenth(quality.day_error)}
          label={t('goods_off')}
          note={t('goods_off_plain', { plain: tenth(quality.plain_day_error) })}
        />
      </ul>
    </>
  )
}

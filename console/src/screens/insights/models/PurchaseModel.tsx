import type { PredictionModel, PurchaseCard, PurchaseQuality } from '@/api/generated'
import { Facts, Section } from '@/design'
import { useFormat } from '@/language/format'
import { type Figures, Picture } from '../Picture'
import { useText } from '../texts'
import { Calibration } from './Calibration'
import styles from './PurchaseModel.module.css'

// Why a model is silent as a whole; other reasons are of single customers.
const whys: Partial<Record<NonNullable<PurchaseCard['withheld']>, Why>> = {
  too_few_customers: 'withheld_customers',
  too_few_repeats: 'withheld_repeats',
  history_too_short: 'withheld_short',
  unreliable_on_own_past: 'withheld_unreliable',
  no_values: 'withheld_values',
  one_channel: 'withheld_channel',
}
type Why = `withheld_${'customers' | 'repeats' | 'short' | 'unreliable' | 'values' | 'channel'}`
type Tenth = PurchaseQuality['reliability']['bins'][number]

/** Says why a model is silent. */
export function useWithheld(): (why: NonNullable<PurchaseCard['withheld']>) => string {
  const t = useText()
  return (why) => t(whys[why] ?? 'withheld_unsure')
}

/** The model of purchases and churn in words a marketer uses; measured, or why it is silent. */
export function PurchaseModel({ model, card }: { model: PredictionModel; card: PurchaseCard }) {
  const t = useText()
  const withheld = useWithheld()
  const format = useFormat()
  return (
    <>
      {card.quality && <Tried quality={card.quality} />}
      <div className={styles.columns}>
        <Section title={t('model_about')}>
          <Facts
            facts={[
              [t('model_says'), t('model_says_what')],
              [
                t('model_data'),
                t('model_data_what', {
                  people: format.number(card.n_customers),
                  purchases: format.number(card.n_purchases),
                  days: format.number(card.history_days),
                }),
              ],
              [t('model_learned'), format.instant(model.as_of)],
              [t('model_version'), `${model.version}`],
              [t('model_how'), t(card.is_corrected ? 'model_corrected' : 'model_plain')],
              [
                t('model_told'),
                model.told_at
                  ? t('model_told_to', { count: model.n_told })
                  : t('model_telling', { count: model.n_told }),
              ],
            ]}
          />
        </Section>
        <Section title={t('model_limits')}>
          <ul className={styles.limits}>
            {card.withheld && <li className={styles.withheld}>{withheld(card.withheld)}</li>}
            <li>{t('limit_left')}</li>
            <li>{t('limit_new')}</li>
            <li>{t('limit_people')}</li>
            <li>{t('limit_shop')}</li>
          </ul>
        </Section>
      </div>
    </>
  )
}

function Tried({ quality }: { quality: PurchaseQuality }) {
  const t = useText()
  const format = useFormat()
  const between = (low: number, high: number) =>
    t('between', { low: format.percent(low, 0), high: format.percent(high, 0) })
  const { auc, bias, coverage, dates, reliability } = quality
  return (
    <>
      <Picture
        title={t('calibration_picture', { count: quality.n_customers, days: quality.days })}
        figures={useTenths(reliability.bins)}
        file="calibration"
      >
        <Calibration tenths={reliability.bins} />
        <p className={styles.note}>
          {t('calibration_note', { error: format.number(round(reliability.expected_error * 100)) })}
        </p>
      </Picture>
      <ul className={styles.figures}>
        <Measured
          value={format.percent(auc.value, 0)}
          label={t('quality_auc')}
          note={`${between(auc.low, auc.high)} ${t('quality_auc_plain', { plain: format.percent(quality.plain_auc, 0) })}`}
        />
        <Measured
          value={signed(format.percent(Math.abs(bias.value), 0), bias.value)}
          label={t('quality_bias')}
          note={t('between', {
            low: signed(format.percent(Math.abs(bias.low), 0), bias.low),
            high: signed(format.percent(Math.abs(bias.high), 0), bias.high),
          })}
        />
        <Measured
          value={format.percent(coverage, 0)}
          label={t('quality_coverage')}
          note={t('quality_coverage_note')}
        />
        {dates && (
          <Measured
            value={format.percent(dates.within.value, 0)}
            label={t('quality_dates', { count: dates.n_customers })}
            note={`${between(dates.within.low, dates.within.high)} · ${t('quality_dates_note')}`}
          />
        )}
        <Measured
          value={format.number(round(quality.mae.value))}
          label={t('quality_mae')}
          note={t('quality_mae_plain', { plain: format.number(round(quality.plain_mae)) })}
        />
      </ul>
    </>
  )
}

interface MeasuredProps {
  value: string
  label: string
  note: string
}

/** A figure of quality, large, with what it is and its bounds. */
export function Measured({ value, label, note }: MeasuredProps) {
  return (
    <li>
      <strong>{value}</strong>
      <span>{label}</span>
      <small>{note}</small>
    </li>
  )
}

/** The tenths of a calibration in numbers. */
export function useTenths(tenths: Tenth[]): Figures<Tenth & { place: number }> {
  const t = useText()
  const format = useFormat()
  const share = (id: 'predicted' | 'observed', header: string) => ({
    id,
    header,
    isNumber: true,
    cell: (one: Tenth) => format.percent(one[id]),
    plain: (one: Tenth) => one[id],
  })
  return {
    rows: tenths.map((one, index) => ({ ...one, place: index + 1 })),
    rowKey: (one) => one.place,
    columns: [
      {
        id: 'place',
        header: t('tenth'),
        cell: (one) => t('tenth_nth', { place: one.place }),
        plain: (one) => one.place,
      },
      {
        id: 'n',
        header: t('people'),
        isNumber: true,
        cell: (one) => format.number(one.n),
        plain: (one) => one.n,
      },
      share('predicted', t('predicted')),
      share('observed', t('happened')),
    ],
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

function signed(text: string, value: number): string {
  if (value === 0) return text
  return value < 0 ? `−${text}` : `+${text}`
}

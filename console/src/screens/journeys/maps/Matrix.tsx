import type { ConflictMap } from '@/api/generated'
import { useFormat } from '@/language/format'
import styles from './Maps.module.css'
import { useText } from './texts'

const levels = 5
/** More than these are in the list below. */
const most = 12

/** Each flow against each other: how many people they share. */
export function Matrix({ map: { flows, conflicts } }: { map: ConflictMap }) {
  const t = useText()
  const format = useFormat()
  const shared = new Map(
    conflicts.map((one) => [`${one.one} ${one.other}`, Math.max(one.together, one.close)]),
  )
  const weight = (id: string) =>
    conflicts
      .filter(({ one, other }) => one === id || other === id)
      .reduce((sum, { together, close }) => sum + Math.max(together, close), 0)
  const shown = flows
    .map((flow) => ({ ...flow, weight: weight(flow.id) }))
    .sort((one, other) => other.weight - one.weight)
    .slice(0, most)
  const highest = Math.max(...shared.values(), 1)
  const levelOf = (people: number) => Math.ceil((people / highest) * levels)
  return (
    <div className={styles.scroller}>
      <table className={styles.matrix}>
        <caption>{t('con_matrix')}</caption>
        <thead>
          <tr>
            <td />
            {shown.map((flow, index) => (
              <th key={flow.id} scope="col" aria-label={flow.name}>
                {index + 1}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, index) => (
            <tr key={row.id}>
              <th scope="row">
                <span className={styles.no}>{index + 1}</span> {row.name}
              </th>
              {shown.map((column) => {
                const people =
                  shared.get(`${row.id} ${column.id}`) ?? shared.get(`${column.id} ${row.id}`)
                return (
                  <td
                    key={column.id}
                    data-level={people === undefined ? undefined : levelOf(people)}
                    data-self={row.id === column.id}
                  >
                    {people === undefined ? '' : format.number(people)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

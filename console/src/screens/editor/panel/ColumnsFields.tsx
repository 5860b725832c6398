import { Button } from '@mantine/core'
import type { Column } from '@/api/generated'
import { NumberField } from '@/design'
import { newId, type Of } from '../blocks/model'
import { useText } from '../texts'
import { Yes } from './fields'
import styles from './Panel.module.css'

interface Props {
  block: Of<'columns'>
  change: (some: Partial<Of<'columns'>>, tag?: string) => void
}

const most = 4

/** How many columns, how wide, and what a phone makes of them. */
export function ColumnsFields({ block, change }: Props) {
  const t = useText()
  const { columns } = block
  const set = (index: number, some: Partial<Column>) =>
    change(
      { columns: columns.map((one, at) => (at === index ? { ...one, ...some } : one)) },
      'width',
    )
  return (
    <>
      <div className={styles.pair}>
        {columns.map((column, index) => (
          <NumberField
            key={column.id}
            label={t('column_width', { n: index + 1 })}
            suffix="%"
            isWhole
            min={1}
            max={100}
            value={column.width ?? undefined}
            onChange={(width) => set(index, { width: width ?? null })}
          />
        ))}
      </div>
      <div className={styles.pair}>
        <Button
          variant="default"
          size="compact-sm"
          disabled={columns.length >= most}
          onClick={() => change({ columns: [...columns, { id: newId(), blocks: [] }] })}
        >
          {t('column_more')}
        </Button>
        <Button
          variant="default"
          size="compact-sm"
          disabled={columns.length <= 2 || Boolean(columns.at(-1)?.blocks?.length)}
          onClick={() => change({ columns: columns.slice(0, -1) })}
        >
          {t('column_less')}
        </Button>
      </div>
      <Yes
        label={t('stays_beside')}
        value={block.stays_beside}
        onChange={(stays_beside) => change({ stays_beside })}
      />
    </>
  )
}

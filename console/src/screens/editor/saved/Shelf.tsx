import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { listSavedBlocksUsesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Loaded, TextLink } from '@/design'
import type { Language } from '@/language/i18n'
import { newId } from '../blocks/model'
import panel from '../panel/Panel.module.css'
import { useEditor } from '../state/editor'
import { useText } from '../texts'
import { useSavedBlocks } from './SavedView'
import styles from './saved.module.css'

/** What was kept for many messages: put in, and seen where it is used. */
export function Shelf({ language }: { language: Language }) {
  const t = useText()
  const { addBlocks } = useEditor()
  const [shown, setShown] = useState('')
  const saved = useSavedBlocks()
  return (
    <section className={panel.fields} aria-label={t('shelf')}>
      <h2>{t('shelf')}</h2>
      <Loaded query={saved}>
        {(all) =>
          all.length ? (
            <ul className={styles.shelf}>
              {all.map((one) => (
                <li key={one.id} className={styles.one}>
                  <div>
                    {one.definition.name}
                    <small>
                      <button
                        type="button"
                        className={styles.link}
                        aria-expanded={shown === one.id}
                        onClick={() => setShown(shown === one.id ? '' : one.id)}
                      >
                        {t('used_in', { count: one.n_uses })}
                      </button>
                    </small>
                  </div>
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={t('put_in_what', { what: one.definition.name })}
                    onClick={() =>
                      addBlocks(language, [{ kind: 'saved', id: newId(), saved_id: one.id }])
                    }
                  >
                    {t('put_in')}
                  </Button>
                  {shown === one.id && <Uses savedId={one.id} />}
                </li>
              ))}
            </ul>
          ) : (
            <p className={panel.note}>{t('shelf_empty')}</p>
          )
        }
      </Loaded>
    </section>
  )
}

function Uses({ savedId }: { savedId: string }) {
  const t = useText()
  const uses = useQuery(listSavedBlocksUsesOptions({ path: { saved_id: savedId } }))
  return (
    <Loaded query={uses} lines={1}>
      {(found) => (
        <ul className={styles.uses}>
          {found.map((one) => (
            <li key={one.broadcast_id}>
              <TextLink to="/broadcasts/$broadcastId" params={{ broadcastId: one.broadcast_id }}>
                {one.broadcast_id}
              </TextLink>{' '}
              {one.is_draft ? t('draft') : t('sent')}
            </li>
          ))}
          {!found.length && <li>{t('used_nowhere')}</li>}
        </ul>
      )}
    </Loaded>
  )
}

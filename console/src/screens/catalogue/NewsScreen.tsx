import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  getNewsRulesOptions,
  listProductNewsOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { EmptyState, Loaded, PageHeader, Section, TextLink } from '@/design'
import { useLanguage } from '@/language/texts'
import { NewsLine } from './NewsLine'
import { NewsRulesForm } from './NewsRulesForm'
import { titleOf } from './product'
import { useText } from './texts'
import styles from './Watching.module.css'

const pageSize = 20

/** What was new about products, who heard of it, and from when on something is news. */
export default function NewsScreen() {
  const t = useText()
  const language = useLanguage()
  const [shown, setShown] = useState(pageSize)
  const news = useQuery({
    ...listProductNewsOptions({ query: { page_size: shown } }),
    placeholderData: keepPreviousData,
  })
  const rules = useQuery(getNewsRulesOptions())
  return (
    <>
      <PageHeader
        title={t('news_lead', { count: news.data?.total ?? 0 })}
        documentTitle={t('news')}
        reason={t('news_reason')}
        back={{ to: '/catalogue', label: t('title') }}
      />
      <Section title={t('rules')} note={t('rules_note')}>
        <Loaded query={rules} lines={4}>
          {(found) => <NewsRulesForm rules={found} />}
        </Loaded>
      </Section>
      <Section title={t('news')}>
        <Loaded query={news} lines={6}>
          {(found) =>
            found.total === 0 ? (
              <EmptyState>{t('no_news')}</EmptyState>
            ) : (
              <>
                <ul className={styles.news}>
                  {found.news.map((one) => (
                    <li key={`${one.event}-${one.item_id}-${one.at}`}>
                      <NewsLine
                        news={one}
                        name={
                          <TextLink
                            to="/catalogue/$productId"
                            params={{ productId: one.product_id }}
                          >
                            {titleOf(one, language) ?? one.item_id}
                          </TextLink>
                        }
                      />
                    </li>
                  ))}
                </ul>
                {found.total > shown && shown < 200 && (
                  <button
                    type="button"
                    className={styles.more}
                    onClick={() => setShown(Math.min(shown + pageSize, 200))}
                  >
                    {t('more_news')}
                  </button>
                )}
              </>
            )
          }
        </Loaded>
      </Section>
    </>
  )
}

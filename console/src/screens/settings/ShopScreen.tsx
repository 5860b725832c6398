import { useShop } from '@/app/session'
import { Section } from '@/design'
import { SettingsPage } from './SettingsPage'
import styles from './SettingsPage.module.css'
import { useText } from './texts'

/** What this installation knows of its shop. */
export default function ShopScreen() {
  const t = useText()
  const shop = useShop()
  return (
    <SettingsPage title={shop.name} reason={t('shop_reason')}>
      <Section title={t('shop')}>
        <dl className={styles.facts}>
          {(['name', 'currency', 'timezone', 'base_url'] as const).map((fact) => (
            <div key={fact}>
              <dt>{t(`shop_${fact}`)}</dt>
              <dd>{shop[fact]}</dd>
            </div>
          ))}
        </dl>
      </Section>
    </SettingsPage>
  )
}

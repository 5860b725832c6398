import { Button } from '@mantine/core'
import { IconPhotoSearch } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import type { LibraryImage } from '@/api/generated'
import { NumberField } from '@/design'
import type { Of } from '../blocks/model'
import { LiquidInput } from '../liquid/LiquidInput'
import { Yes } from '../panel/fields'
import { AlignChoice, type Props } from '../panel/KindFields'
import DropPlace from './DropPlace'
import styles from './images.module.css'
import { pictureOf, sizedTo } from './sizes'
import { useText } from './texts'
import { UploadButton } from './UploadButton'

const PickerDialog = lazy(() => import('./PickerDialog'))

/** Which picture, by the library, a file or an address; what it shows in words; how large. */
export default function ImageFields({ language, block, change }: Props<Of<'image'>>) {
  const t = useText()
  const [isChoosing, setIsChoosing] = useState(false)
  const put = (image: LibraryImage, alt = image.alt) =>
    change({ ...pictureOf(image), alt: alt || block.alt || '' })
  return (
    <>
      <DropPlace onImage={put}>
        <div className={styles.ways}>
          <Button
            size="compact-sm"
            leftSection={<IconPhotoSearch aria-hidden size={16} />}
            onClick={() => setIsChoosing(true)}
          >
            {t(block.src ? 'choose_another' : 'choose')}
          </Button>
          <UploadButton onImage={put} />
        </div>
        <p className={styles.note}>{t('drop_here')}</p>
      </DropPlace>
      {isChoosing && (
        <Suspense>
          <PickerDialog
            language={language}
            onChoose={(image, alt) => {
              setIsChoosing(false)
              put(image, alt)
            }}
            onClose={() => setIsChoosing(false)}
          />
        </Suspense>
      )}
      <LiquidInput
        label={t('src')}
        placeholder="https://"
        value={block.src}
        onChange={(src) => change({ src, height: null }, 'src')}
      />
      {!block.is_decorative && (
        <LiquidInput
          label={t('alt')}
          description={t('alt_note')}
          lang={language}
          value={block.alt ?? ''}
          onChange={(alt) => change({ alt }, 'alt')}
        />
      )}
      <Yes
        label={t('is_decorative')}
        value={block.is_decorative}
        onChange={(is_decorative) => change({ is_decorative })}
      />
      <LiquidInput
        label={t('image_href')}
        value={block.href ?? ''}
        onChange={(href) => change({ href }, 'href')}
      />
      <NumberField
        label={t('image_width')}
        suffix="px"
        isWhole
        min={8}
        max={800}
        value={block.width ?? undefined}
        onChange={(width) => change(sizedTo(width, block), 'width')}
      />
      <AlignChoice value={block.align ?? 'center'} onChange={(align) => change({ align })} />
    </>
  )
}

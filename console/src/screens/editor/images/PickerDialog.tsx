import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ImagePage, LibraryImage } from '@/api/generated'
import { listImagesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Dialog, Loaded, SearchField } from '@/design'
import type { Language } from '@/language/i18n'
import { ChosenImage } from './ChosenImage'
import DropPlace from './DropPlace'
import styles from './images.module.css'
import { useText } from './texts'
import { UploadButton } from './UploadButton'

interface Props {
  language: Language
  onChoose: (image: LibraryImage, alt: string) => void
  onClose: () => void
}

const shownAtOnce = 60

/** The library: one picture is chosen, brought along or dropped, and said in words. */
export default function PickerDialog({ language, onChoose, onClose }: Props) {
  const t = useText()
  const [search, setSearch] = useState('')
  const [chosen, setChosen] = useState<LibraryImage>()
  const found = useQuery({
    ...listImagesOptions({ query: { search, limit: shownAtOnce } }),
    placeholderData: (before) => before,
  })
  return (
    <Dialog title={t('library')} onClose={onClose} isWide>
      {chosen ? (
        <ChosenImage
          key={chosen.id}
          language={language}
          image={chosen}
          onUse={(alt) => onChoose(chosen, alt)}
          onBack={() => setChosen(undefined)}
        />
      ) : (
        <DropPlace onImage={setChosen}>
          <div className={styles.top}>
            <SearchField label={t('search')} value={search} onSearch={setSearch} />
            <UploadButton onImage={setChosen} />
          </div>
          <p className={styles.note}>{t('drop_here')}</p>
          <Loaded query={found}>
            {(page) => <Thumbnails page={page} isSearch={search !== ''} onChoose={setChosen} />}
          </Loaded>
        </DropPlace>
      )}
    </Dialog>
  )
}

interface ThumbnailsProps {
  page: ImagePage
  isSearch: boolean
  onChoose: (image: LibraryImage) => void
}

function Thumbnails({ page: { images, total }, isSearch, onChoose }: ThumbnailsProps) {
  const t = useText()
  if (!images.length) {
    return <p className={styles.note}>{t(isSearch ? 'none_found' : 'library_empty')}</p>
  }
  return (
    <>
      <ul className={styles.thumbnails}>
        {images.map((one) => (
          <li key={one.id}>
            <button type="button" onClick={() => onChoose(one)}>
              <img src={hereOf(one)} alt="" loading="lazy" width={one.width} height={one.height} />
              <span>{one.name}</span>
            </button>
          </li>
        ))}
      </ul>
      {total > images.length && (
        <p className={styles.note}>{t('more_than_shown', { shown: images.length, total })}</p>
      )}
    </>
  )
}

/** By the console's own address: the public one may be another. */
export function hereOf(image: LibraryImage): string {
  return image.url.slice(image.url.indexOf('/images/'))
}

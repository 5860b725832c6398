import { defineTexts } from '@/language/texts'

export const useText = defineTexts('profile-journeys', {
  en: {
    none: 'In no journey yet',
    none_how:
      'Journeys that this person enters, or was not let into, are told here with the reason.',
    look_at: 'Look at this journey',
  },
  ja: {
    none: 'まだジャーニーに入っていません',
    none_how: '入ったジャーニーと、入らなかった理由が、ここに記録されます。',
    look_at: 'ジャーニーを見る',
  },
})

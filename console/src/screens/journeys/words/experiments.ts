/** Experiments in journeys: how each part does, and what that proves by now. */

export const en = {
  exp_none: 'No experiment is live',
  exp_none_how:
    'Put an experiment step into a journey, share people out over its parts, and publish. The goal decides.',
  exp_lead_one: '{{proven, number}} of {{count, number}} experiment has a winner',
  exp_lead_other: '{{proven, number}} of {{count, number}} experiments have a winner',
  exp_reason:
    'Look as often as you like: what is said here holds at every moment, and a winner is named falsely at most 5 times in 100.',
  exp_won: '“{{part}}” is best. That is proven.',
  exp_decided: 'Everybody takes “{{part}}” since {{when}}.',
  exp_leads: '“{{part}}” does best so far. That is a guess, not a finding.',
  exp_nobody: 'Nobody has reached the goal yet.',
  exp_even: 'No part leads.',
  exp_visible:
    'By now a lead of {{lift}} over “{{control}}” would have shown. Smaller ones may still hide.',
  exp_blind: 'So few have reached the goal that no difference could be told yet.',
  exp_people_one: '{{count, number}} person',
  exp_people_other: '{{count, number}} people',
  exp_reached_one: '{{count, number}} reached the goal',
  exp_reached_other: '{{count, number}} reached the goal',
  exp_range: 'between {{low}} and {{high}}',
  exp_control: 'control',
  exp_evidence: 'Evidence {{now, number}} of {{needed, number}}',
  exp_at_step: 'How it stands',
  exp_look: 'Look at this journey',
} as const

export const ja = {
  exp_none: '稼働中の実験はありません',
  exp_none_how: 'ジャーニーに実験のステップを置き、割合を決めて公開すると、目標で比べられます。',
  exp_lead_other: '{{count, number}}件の実験のうち{{proven, number}}件で結論が出ています',
  exp_reason:
    '何度見ても大丈夫です。ここに書かれたことはいつ見ても成り立ち、誤った勝者を告げるのは100回に5回までです。',
  exp_won: '「{{part}}」が最もよいと証明されました。',
  exp_decided: '{{when}}から、全員が「{{part}}」に進んでいます。',
  exp_leads: '今のところ「{{part}}」が先行しています。まだ推測です。',
  exp_nobody: 'まだ誰も目標を達成していません。',
  exp_even: '先行している案はありません。',
  exp_visible:
    '「{{control}}」より{{lift}}以上よければ、もう見えているはずです。それより小さな差は、まだ分かりません。',
  exp_blind: '目標を達成した方が少なく、まだどんな差も分かりません。',
  exp_people_other: '{{count, number}}人',
  exp_reached_other: '{{count, number}}人が目標を達成',
  exp_range: '{{low}}から{{high}}の間',
  exp_control: '比較の基準',
  exp_evidence: '証拠の強さ {{now, number}} / {{needed, number}}',
  exp_at_step: '今の結果',
  exp_look: 'ジャーニーを見る',
} as const

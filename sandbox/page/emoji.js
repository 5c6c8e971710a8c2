// The emoji that work messages use, by Slack's names. A name that isn't here stays as it is typed, between its colons.

const NAMES = `
grinning 😀 smiley 😃 smile 😄 grin 😁 laughing 😆 sweat_smile 😅 joy 😂 slightly_smiling_face 🙂 wink 😉 blush 😊
thinking_face 🤔 neutral_face 😐 confused 😕 worried 😟 cry 😢 sob 😭 angry 😠 sunglasses 😎 sleeping 😴 robot_face 🤖
wave 👋 +1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 ok_hand 👌 clap 👏 raised_hands 🙌 pray 🙏 muscle 💪 point_right 👉
point_left 👈 point_up 👆 point_down 👇 eyes 👀 heart ❤️ broken_heart 💔 fire 🔥 star ⭐ star2 🌟 sparkles ✨ tada 🎉
rocket 🚀 zap ⚡ boom 💥 100 💯 bulb 💡 bell 🔔 no_bell 🔕 mega 📣 loudspeaker 📢 speech_balloon 💬 hourglass ⌛
hourglass_flowing_sand ⏳ alarm_clock ⏰ stopwatch ⏱️ clock1 🕐 calendar 📆 date 📅 spiral_calendar_pad 🗓️ pushpin 📌
round_pushpin 📍 paperclip 📎 link 🔗 lock 🔒 unlock 🔓 key 🔑 mag 🔍 mag_right 🔎 wrench 🔧 hammer 🔨 nut_and_bolt 🔩
hammer_and_wrench 🛠️ gear ⚙️ toolbox 🧰 screwdriver 🪛 battery 🔋 electric_plug 🔌 computer 💻 desktop_computer 🖥️
keyboard ⌨️ printer 🖨️ iphone 📱 phone ☎️ telephone_receiver 📞 camera 📷 floppy_disk 💾 cd 💿 dvd 📀 package 📦
inbox_tray 📥 outbox_tray 📤 mailbox 📫 email 📧 envelope ✉️ memo 📝 pencil ✏️ pencil2 ✏️ clipboard 📋 file_folder 📁
open_file_folder 📂 page_facing_up 📄 bookmark 🔖 label 🏷️ ticket 🎫 admission_tickets 🎟️ bar_chart 📊 chart 💹
chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 moneybag 💰 dollar 💵 credit_card 💳 receipt 🧾 house 🏠 office 🏢
truck 🚚 car 🚗 bust_in_silhouette 👤 busts_in_silhouette 👥 technologist 🧑‍💻 mechanic 🧑‍🔧 white_check_mark ✅
heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎ heavy_plus_sign ➕ heavy_minus_sign ➖
warning ⚠️ no_entry ⛔ no_entry_sign 🚫 octagonal_sign 🛑 rotating_light 🚨 sos 🆘 question ❓ exclamation ❗
heavy_exclamation_mark ❗ bangbang ‼️ information_source ℹ️ red_circle 🔴 large_orange_circle 🟠 orange_circle 🟠
large_yellow_circle 🟡 yellow_circle 🟡 large_green_circle 🟢 green_circle 🟢 large_blue_circle 🔵 blue_circle 🔵
large_purple_circle 🟣 purple_circle 🟣 white_circle ⚪ black_circle ⚫ red_square 🟥 large_red_square 🟥 large_blue_square 🟦
large_green_square 🟩 large_yellow_square 🟨 large_orange_square 🟧 white_large_square ⬜ black_large_square ⬛
small_red_triangle 🔺 small_orange_diamond 🔸 small_blue_diamond 🔹 arrow_up ⬆️ arrow_down ⬇️ arrow_left ⬅️ arrow_right ➡️
arrow_forward ▶️ arrow_backward ◀️ fast_forward ⏩ rewind ⏪ double_vertical_bar ⏸️ black_square_for_stop ⏹️
leftwards_arrow_with_hook ↩️ arrow_right_hook ↪️ arrows_counterclockwise 🔄 repeat 🔁 twisted_rightwards_arrows 🔀 recycle ♻️
new 🆕 free 🆓 up 🆙 ok 🆗 cool 🆒 soon 🔜 end 🔚 back 🔙 top 🔝 construction 🚧 wastebasket 🗑️ coffee ☕ sunny ☀️
cloud ☁️ umbrella ☔ snowflake ❄️ crescent_moon 🌙 earth_americas 🌎 checkered_flag 🏁 triangular_flag_on_post 🚩 trophy 🏆
first_place_medal 🥇 beginner 🔰 shield 🛡️ test_tube 🧪 magnet 🧲 thermometer 🌡️ droplet 💧 hash #️⃣ zero 0️⃣ one 1️⃣
two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ keycap_ten 🔟
`.trim().split(/\s+/u);

const EMOJI = new Map();
for (let at = 0; at < NAMES.length; at += 2) EMOJI.set(NAMES[at], NAMES[at + 1]);

/** The character for a name, or undefined. */
export function emojiNamed(name) {
  return EMOJI.get(name);
}

/** The text with `:names:` replaced by what they stand for. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):(?::skin-tone-[2-6]:)?/gu, (typed, name) => EMOJI.get(name) ?? typed);
}

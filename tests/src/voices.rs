//! Real voices for a browser without loudspeakers.
//!
//! On Linux Chromium speaks through Speech Dispatcher, and that through eSpeak NG
//! into PulseAudio, where a sound device that is none takes as long as a real one.
//! All three run for one browser only, in its own process group and its own folder,
//! so that nothing of the machine's is touched and all of it ends with the browser.
//!
//! These voices tell when they begin and end, and of no word in between.

use std::path::Path;

use crate::chromium::{Launch, on_path};

const PROGRAMS: [&str; 2] = ["speech-dispatcher", "pulseaudio"];

/// With a browser's command line as its arguments. `HOME` is the browser's own.
///
/// eSpeak offers each voice a hundred times in disguise, thirteen thousand in all,
/// over which Chromium thinks for seconds: so it is given data of two languages only.
const BESIDE_VOICES: &str = r#"
folder=$HOME/voices
mkdir -p "$folder/settings/modules" "$folder/espeak-ng-data/lang/gmw"
chmod 700 "$folder"
for from in /usr/lib/*/espeak-ng-data /usr/lib/espeak-ng-data /usr/share/espeak-ng-data; do
    test -d "$from" || continue
    for part in phondata phonindex phontab intonations en_dict ko_dict lang/gmw/en-US lang/ko; do
        ln -sf "$from/$part" "$folder/espeak-ng-data/$part"
    done
    break
done
cat > "$folder/settings/speechd.conf" <<END
AudioOutputMethod "pulse"
AddModule "espeak-ng" "sd_espeak-ng" "espeak-ng.conf"
DefaultModule espeak-ng
END
cp /etc/speech-dispatcher/modules/espeak-ng.conf "$folder/settings/modules/"
export XDG_RUNTIME_DIR="$folder" PULSE_SERVER="unix:$folder/sound"
export SPEECHD_ADDRESS="unix_socket:$folder/speech"
pulseaudio -n --daemonize=no --exit-idle-time=-1 --use-pid-file=no --disable-shm=yes \
    --log-level=error \
    -L "module-native-protocol-unix socket=$folder/sound auth-anonymous=1" \
    -L "module-null-sink sink_name=nowhere" </dev/null >&2 &
sound=$!
ESPEAK_DATA_PATH="$folder" speech-dispatcher --run-single --timeout 0 \
    --config-dir "$folder/settings" --log-dir "$folder" --pid-file "$folder/pid" \
    --communication-method unix_socket --socket-path "$folder/speech" </dev/null >&2 &
speech=$!
tries=0
until test -S "$folder/sound" && test -S "$folder/speech" || test $tries -ge 100; do
    sleep 0.05
    tries=$((tries + 1))
done
"$@"
kill $speech $sound
"#;

/// What is missing of them, in one sentence.
pub(crate) fn missing() -> Option<&'static str> {
    let is_there = |name: &&str| on_path(&[name]).is_some();
    let has_settings = Path::new("/etc/speech-dispatcher/modules/espeak-ng.conf").is_file();
    (!PROGRAMS.iter().all(is_there) || !has_settings).then_some(
        "no voices were found: install the packages `speech-dispatcher`, \
         `speech-dispatcher-espeak-ng` and `pulseaudio`",
    )
}

pub(crate) fn give_to(launch: Launch) -> Launch {
    launch.flag("--enable-speech-dispatcher").inside(["sh", "-c", BESIDE_VOICES, "sh"])
}

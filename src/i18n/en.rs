//! English.

use super::messages::*;

pub static MESSAGES: Messages = Messages {
    words: Words {
        bella: "Bella",
        korean: "Korean",
        english: "English",
        chinese: "Chinese",
        any_language: "Any language",
        close: "Close",
        try_again: "Try again",
    },
    nav: Nav {
        label: "Main",
        skip: "Skip to content",
        talk: "Talk",
        models: "Models",
        settings: "Settings",
        about: "Privacy",
    },
    phase: PhaseWords {
        waking: "Waking up",
        broken: "Not running",
        empty: "Asleep",
        loading: |percent| format!("Loading {percent}"),
        idle: "Awake",
        thinking: "Thinking",
        replying: "Answering",
    },
    promise: Promise {
        badge: "Runs here",
        detail: "Everything you say and everything Bella answers stays in this tab.",
        leaves: "Leaves this device",
        leaves_detail: "A voice or a server in use gets words over the network. The settings say \
                        which, and switch it off.",
    },
    talk: Talk {
        title: "Talk with Bella",
        conversation: "Conversation",
        asleep: "Bella is asleep",
        asleep_detail: "She needs a language model to wake up. It is fetched once and then runs on \
                        your device.",
        loading: "Bella is waking up",
        loading_detail: "You can write already. She answers as soon as she is awake.",
        awake: "What is on your mind?",
        awake_detail: "Whatever you write is answered on this device.",
        composer: "Your message",
        placeholder: "Write to Bella",
        placeholder_asleep: "Leave her a message",
        keys: "Enter sends. Shift and Enter starts a new line.",
        send: "Send",
        stop: "Stop",
        clear: "Clear",
        cleared: "The conversation is cleared.",
        undo_clear: "Bring it back",
        you: "You",
        waiting: "Next, when this answer is done",
        waiting_for_model: "Answered as soon as Bella is awake",
        stopped: "Stopped.",
        silent: "Bella had nothing to say to that.",
        length_reached: "This answer reached the length set in the settings.",
        forgotten: |count| {
            format!("Bella can no longer see the oldest part of this conversation ({count}).")
        },
        ask_again: "Ask again",
        suggestions: "Ways to begin",
        speaks_only: |language| format!("The loaded model answers best in {language}."),
    },
    talk_control: TalkControl {
        ready: "Hold to talk",
        ready_detail: "or tap once to keep on",
        opening: "Opening the microphone",
        opening_detail: "one moment",
        listening: "Listening",
        listening_detail: "let go when you are done",
        locked: "Still listening",
        locked_detail: "tap when you are done",
        waiting: "Just speak",
        waiting_detail: "or hold to talk",
        hearing: "Listening",
        hearing_detail: "she goes on when you pause",
        transcribing: "Writing it down",
        transcribing_detail: "one moment",
        unavailable: "No microphone",
        unavailable_detail: "tap to try again",
        partial: "What Bella hears",
        nothing: "I heard nothing.",
        nothing_next: "Say it once more, a little closer to the microphone.",
        spoken: "Spoken",
        edit: "Edit",
        yes: "Yes, do it",
        no: "No",
    },
    suggestion: Suggestions {
        first: "What is the capital of France?",
        second: "Tell me a short story about a lighthouse.",
        third: "How do I make a good cup of tea?",
    },
    load: Load {
        action: "Wake Bella",
        action_detail: |model, size| format!("{model}, {size}"),
        once: "Next time this model loads by itself.",
        progress_label: |model| format!("Loading {model}"),
        progress: |done, total| format!("{done} of {total}"),
        pace: |speed| format!("{speed} a second"),
        seconds_left: |count| format!("about {count} s left"),
        minutes_left: |count| format!("about {count} min left"),
        retrying: "The connection broke off. It is tried again.",
        preparing: "Almost there: arranging the model in memory",
        cancel: "Pause",
        cancel_note: "What has come stays on this device, and goes on from there next time.",
        choose_other: "Choose another model",
    },
    first_steps: FirstStepWords {
        label: "First steps",
        done: "done",
        language: "Language",
        microphone: "Microphone",
        microphone_detail: "So that you can talk to her. Later is fine.",
        microphone_allow: "Allow",
        microphone_asking: "Asking…",
        microphone_again: "Try again",
        microphone_refused: "It cannot be used yet. Allow it beside the address of this page, or \
                             write instead.",
        model: "Language model",
        model_detail: "Fetched once, it runs on this device only.",
        model_waking: "Looking at what this device can do",
        meanwhile: "Works already, without a model",
        try_time: "What time is it?",
        try_date: "What day is it today?",
        try_help: "What can you do?",
    },
    models: Models {
        title: "Models",
        intro: "Bella thinks with these. Each one runs on this device; nothing is sent away.",
        chat: "Talking",
        transcribe: "Hearing",
        embed: "Understanding",
        feel: "Feeling",
        vad: "Noticing a voice",
        size: "Size",
        languages: "Languages",
        licence: "Licence",
        use_this: "Talk with this one",
        in_use: "In use",
        unload: "Put away",
        unused: "This version of Bella does not use it yet.",
        size_unknown: "Not known yet",
        pinned_later: "Its checksum is recorded when it is first fetched.",
        none: "No models come with this build.",
        kept: "Kept on this device. It loads without the network.",
        kept_part: |done, total| format!("{done} of {total} are on this device already."),
        forget: "Delete from this device",
        chat_for: "Reads what you write and answers it.",
        transcribe_for: "Turns what you say into text.",
        embed_for: "Finds what belongs together by its meaning.",
        feel_for: "Senses the mood of a sentence.",
        vad_for: "Hears when somebody begins and stops speaking.",
        keep: "Keep on this device",
        keep_on: "Fetch the rest",
        keep_again: "Keep it now",
        waits: "Comes after the one before it.",
        pause: "Pause",
        resume: "Go on",
        cancel: "Cancel and delete",
        import: "From a file",
        export: "Save as a file",
        delete_other: |model, size| format!("Delete {model} ({size})"),
        stray: "This version of Bella does not know it any more. It only takes up room.",
    },
    fit: FitWords {
        title: "Runs here?",
        speed: "Speed",
        not_measured: "Known after its first answer",
        measured: |rate| format!("{rate} tokens a second, measured here"),
        expected: |rate| format!("about {rate} tokens a second, judging by another model"),
        unknown: "Not tried yet",
        fits: |needed, had| format!("Yes: needs {needed} of memory, and {had} can be had"),
        slow: |needed, had| {
            format!(
                "Slowly: needs {needed} of memory and {had} can be had, but this device \
                 computes slowly"
            )
        },
        too_large: |needed, had| format!("No: needs {needed} of memory, and only {had} can be had"),
        tier_unknown: "What this device can carry is not known yet.",
        commands: "This device is too small for a language model.",
        tiny: "This device carries tiny models.",
        standard: "This device carries models of the usual size.",
        large: "This device carries large models.",
    },
    larder: LarderWords {
        title: "On this device",
        used: |size| format!("Models take {size}."),
        used_and_free: |size, free| {
            format!("Models take {size}. The browser believes that about {free} more would fit.")
        },
        promised: "The browser promised to keep them until you delete them.",
        not_promised: "The browser may delete them when the device runs short of room.",
        ask: "Ask it to keep them",
        cannot_be_asked: "Whether they stay cannot be found out in this browser.",
        at_most: "Use at most",
        at_most_note: "Nothing is deleted by itself. When there is no room left, you choose what \
                       goes.",
        any: "As much as fits",
        one: "1 GB",
        two: "2 GB",
        four: "4 GB",
        over: |size| {
            format!("That is {size} less than what models take now. The longest unused come first:")
        },
    },
    keeping: KeepingWords {
        label: "Not kept",
        refused: "This browser keeps nothing for this page, so the model is in memory only.",
        refused_next: "Next time it is fetched again. Outside a private window it would stay.",
        full: |needed, fit| {
            format!(
                "There was no room to keep the model: it needs {needed}, and only {fit} of it \
                 fit. Bella talks all the same, from memory."
            )
        },
        full_next: "Make room on this device, and it is kept the next time it loads.",
        full_others_next: |others| {
            format!(
                "Other models take {others}. Delete one you do not need, and load this one again."
            )
        },
        over_limit: |needed, limit| {
            format!("It needs {needed}, and with the others that is more than the {limit} you set.")
        },
        over_limit_next: |others| {
            format!(
                "Other models take {others}. Delete one you do not need, or set a higher limit."
            )
        },
        no_room: |needed, fit| {
            format!(
                "There was no room for it: it needs {needed}, and only {fit} of it fit. Nothing of \
                 it stayed behind."
            )
        },
        to_models: "Show the models",
        unreliable: "This device gave back something else than was kept, so the model is in memory \
                     only.",
        unreliable_next: "Next time it is fetched again. The disk may need a look.",
    },
    settings: Settings {
        title: "Settings",
        intro: "Kept on this device, in this browser.",
        language: "Language",
        language_note: "For this page, and for Bella when the model speaks it.",
        theme: "Appearance",
        theme_auto: "As the device",
        theme_light: "Light",
        theme_dark: "Dark",
        length: "Length of answers",
        length_note: "The longest an answer may become.",
        length_short: "Short",
        length_medium: "Medium",
        length_long: "Long",
        variety: "Choice of words",
        variety_note: "Steady gives the same answer to the same question every time.",
        variety_steady: "Steady",
        variety_natural: "Natural",
        variety_playful: "Playful",
    },
    engine: EngineWords {
        title: "Engine",
        not_yet: "It has not started yet.",
        turbo: "The fast engine is running.",
        baseline: "The plain engine is running. It works everywhere, and more slowly.",
        one_thread: "It computes on one thread.",
        threads: |count| format!("It computes on {count} threads."),
        saving: |count| format!("To save power it computes on only one of its {count} threads."),
        not_isolated: "The fast one shares memory between threads. Browsers allow that only to \
                       pages that come with certain headers, and this server does not send them.",
        no_shared_memory: "The fast one shares memory between threads, and this browser has none \
                           to share.",
        no_relaxed_simd: "The fast one uses newer vector instructions that this browser or this \
                          processor does not have.",
        wrong_result: "The fast one computed something wrong on this device, so it is not used.",
        asked: "It was asked for in the address.",
        failed: |detail| format!("The fast one could not be started ({detail})."),
        power: "Power",
        power_note: "Saving uses a single thread: answers take longer, the device stays cooler \
                     and the battery lasts.",
        power_full: "Full speed",
        power_saving: "Save power",
    },
    own_server: OwnServerWords {
        title: "A server of your own",
        lead: "Ollama, llama-server, vLLM or any other server with the same interface as OpenAI's. \
               Its address joins the few that this page may ask.",
        nothing_sent: "Nothing of a conversation is sent to it. For now Bella asks it for one thing, \
                       and only when you try it: which models it has.",
        cannot_be: "This browser has no service worker for this page, as in some private windows. \
                    Only that can let the page ask another address, so none can be added here.",
        address: "Address",
        address_note: "With http:// or https://. On this device Ollama listens at \
                       http://localhost:11434.",
        key: "Key",
        key_note: "Only if the server asks for one. It is sealed on this device, in a way that only \
                   this browser can open, and is never shown again.",
        new_key: "New key",
        add: "Add and try",
        try_it: "Try",
        trying: "Asking the server…",
        store_key: "Store this key",
        delete_key: "Delete the key",
        delete: "Delete the server",
        key_stored: "A key is stored.",
        key_none: "No key is stored.",
        key_lost: "The stored key does not open any more. Enter it again.",
        empty: "Enter an address.",
        too_long: "That is too long for an address.",
        no_scheme: "The address has to begin with http:// or https://.",
        unreadable: "That cannot be read as an address. Check it for typing mistakes.",
        credentials: "Leave the user name and password out. There is a field of its own for the key.",
        query: "Leave out everything from the question mark or the # on.",
        host: "A page cannot be allowed to ask this host. Use its name, or its address with dots.",
        not_near: "Without encryption only this device and your own network can be asked. Use \
                   https:// for this address.",
        key_empty: "Enter a key.",
        key_too_long: "That is too long for a key.",
        key_signs: "A key is made of Latin letters, digits and signs, without blanks. Copy it \
                    again.",
        not_taken: "The page's service worker does not accept this address.",
        too_early: "The page is not kept on this device yet. Try again in a moment.",
        not_kept: "This browser stores nothing for this page, so nothing was changed.",
        not_kept_next: "Allow the page to store data, or make room on this device.",
        not_sealed: "The key could not be sealed, so nothing of it was kept.",
        not_sealed_next: "Allow the page to store data. A secure connection is needed too.",
        now_stored: "The key is stored.",
        now_no_key: "The key is deleted.",
        now_deleted: "The server and its key are deleted. The page can no longer ask it, once it is \
                      opened again.",
        answered: |count| format!("It answered. Models there: {count}."),
        answered_none: "It answered, and has no models yet.",
        other_answer: "Something answers there, and it is not a list of models.",
        other_answer_next: "Check that the address belongs to a server with the same interface \
                            as OpenAI's.",
        status: |status| format!("It answered with the status {status}."),
        status_next: "With 404 the address is usually not quite right; with 500 and more the server \
                      has a problem of its own.",
        key_refused: "The server refused the key.",
        key_refused_next: "Store another key, and try again.",
        key_wanted: "The server asks for a key.",
        key_wanted_next: "Store a key, and try again.",
        sent_on: "The server sends visitors on to another address.",
        sent_on_next: "The key stays with the address you gave. Add the other one instead.",
        not_yet: "The address is added. The page may ask it once it is opened again.",
        not_yet_next: "Opening it again ends the conversation in this tab; what you are writing and \
                       your models stay.",
        reopen: "Open the page again",
        soon: "It will be opened again as soon as Bella has finished.",
        network_denied: "The browser does not let this page into your local network.",
        network_denied_next: "Allow it in the browser's settings for this page, and try again.",
        not_for_pages: "A server is there, but it does not answer to this page.",
        not_for_pages_next: "Allow this page's address there: OLLAMA_ORIGINS with Ollama, \
                             --allowed-origins with vLLM.",
        silent: "No answer came within half a minute.",
        silent_next: "Check that the server runs and that the address is right. If the browser asked \
                      for permission, it has to be given.",
        not_encrypted: "The browser did not let the question through, or nobody answered.",
        not_encrypted_next: "This page came encrypted, and most browsers keep such pages from asking \
                             anything that is not, except on this device. Use https:// for the \
                             server.",
        broke: "The server was not reached. The browser does not say why.",
        broke_next: "Check that it runs and that the address is right. If it does run, it has to \
                     allow this page's address: OLLAMA_ORIGINS with Ollama, --allowed-origins with vLLM.",
    },
    about: About {
        title: "What stays in this tab",
        lead: "Bella is a program in this browser tab. There is no account, no server that thinks \
               for her, and nobody on the other side.",
        stays_title: "What never leaves",
        stays_words: "Your words. They go from the text field to a worker inside this tab and \
                      nowhere else.",
        stays_replies: "Bella's answers. They are computed by your own processor.",
        stays_models: "What the model makes of you. It does not learn from you and reports to \
                       nobody.",
        fetched_title: "What is fetched",
        fetched_page: "This page and Bella's engine, from the address you opened.",
        fetched_weights: "The model you choose, from the same address, or from huggingface.co where \
                          that has none. It is checked against a known checksum before it is used.",
        fetched_nothing_else: "Nothing else: no fonts, no statistics, no advertising. The browser \
                               is told to refuse every other address, except a server of your own \
                               that you add in the settings.",
        kept_title: "What is remembered",
        kept_settings: "Your settings and the name of the last model, in this browser's storage. The \
                        key of a server you added is sealed there.",
        kept_models: "The models you loaded, until you delete them on the page of models.",
        kept_conversation: "The conversation lives in memory only. Closing or reloading the tab \
                            erases it.",
        kept_nobody: "No cookies.",
        check_title: "See for yourself",
        check_network: "Open your browser's developer tools, choose the network view and talk to \
                        Bella: the list stays empty.",
        check_unplug: "Or wake Bella, switch the network off, open her again and keep talking.",
        limits_title: "What this cannot promise",
        limits_mistakes: "Small models make mistakes and say them with confidence. Check what \
                          matters.",
        limits_device: "Browser extensions and other programs on this device may be able to read \
                        what is on this page.",
        limits_host: "Whoever hosts this page can see that you opened it and fetched a model, as \
                      with any web page.",
        licence_title: "Licence",
        licence: "Bella is free software under the MIT or the Apache 2.0 licence. Each model has a \
                  licence of its own, named on its card.",
    },
    lab: LabWords {
        title: "Measure this device",
        intro: "How fast does Bella think here? Choose models and wait a minute or two. They run in \
                an engine of their own, so your conversation stays as it is. Nothing of the result \
                is sent anywhere.",
        link: "Measure this device",
        models: "Which models?",
        models_note: "A model that is not here yet is fetched first.",
        busy: "Bella is busy just now. You can start when she has finished.",
        start: "Start measuring",
        stop: "Stop",
        measuring: |model| format!("Measuring {model}"),
        step: |done, all| format!("{done} of {all} steps"),
        done: "Done.",
        stopped: "Stopped. What was finished before that is kept.",
        figure: "What",
        result: "Result",
        load: "Waking up",
        prefill: "Reading your message",
        decode: "Writing an answer",
        prefill_2k: "Reading a long conversation",
        decode_2k: "Writing after a long conversation",
        listen: |seconds| format!("Listening to {seconds} seconds"),
        embed: "Understanding a sentence",
        feel: "Sensing the mood of a sentence",
        memory: "Memory taken",
        tokens_per_second: |count| format!("{count} tokens/s"),
        missing: |what| format!("Not measured: {what}"),
        missing_next: "The other results are not affected.",
        the_rest: "everything else",
        lost: "The engine stopped while it was being measured.",
        lost_next: "Close other tabs to free memory or choose a smaller model, then measure again.",
        build: |name, threads| format!("Engine: {name}, threads: {threads}"),
        token: "A token is a word or a piece of one.",
        made_up: "Listening is measured with a made-up voice. Real speech is easier to understand, \
                  so it usually takes less time.",
        raw: "All numbers",
        save: "Save as JSON",
        copy: "Copy",
        copied: "Copied.",
        not_copied: "The browser did not allow it. You can save the numbers instead.",
    },
    renewal: RenewalWords {
        ready: "A new version of Bella is ready.",
        replaced: "Bella was renewed in another tab.",
        detail: "It begins the next time you open her. Beginning now ends the conversation in this \
                 tab; what you are writing and your models stay.",
        action: "Begin now",
        soon: "It begins as soon as nothing is under way any more.",
    },
    sharing: SharingWords {
        in_draft: "What you shared stands in the message field. It is sent when you send it.",
        cut: "What you shared is longer than a message can be. The message field holds its \
              beginning.",
        not_text: |name| format!("{name} is not a text. Bella cannot read files like it yet."),
        too_much: "That was more than can be shared at once. Share a shorter text.",
    },
    in_app: InAppWords {
        label: "Open in your browser",
        what: |app| format!("This is the browser inside {app}."),
        why: "Here models may not be kept, the microphone may be missing, and Bella ends when you \
              go back. In your own browser all of it works.",
        by_hand: "Open the menu of this window and choose to open the page in your browser, or \
                  copy the address.",
        leave: "Open in your browser",
        copy: "Copy the address",
        copied: "Copied. Paste it into your browser.",
        not_copied: "The app did not allow it. Copy it by hand.",
        kakaotalk: "KakaoTalk",
        line: "LINE",
        instagram: "Instagram",
        threads: "Threads",
        facebook: "Facebook",
        messenger: "Messenger",
        naver: "Naver",
        band: "BAND",
        daum: "Daum",
        tiktok: "TikTok",
        wechat: "WeChat",
        x: "X",
        linkedin: "LinkedIn",
        snapchat: "Snapchat",
        another: "another app",
    },
    not_found: NotFound {
        title: "There is nothing here",
        detail: "The address may be mistyped, or the page has moved.",
        back: "Back to Bella",
    },
    trouble: TroubleWords {
        details: "Details",
        engine_not_started: "Bella's engine could not start.",
        engine_not_started_next: "Try again. If that does not help, reload the page or update \
                                  your browser.",
        engine_lost: "Bella's engine stopped unexpectedly and is being started again.",
        engine_lost_next: "Your conversation is still here. Ask again in a moment.",
        engine_keeps_dying: "Bella's engine has stopped several times in a row.",
        engine_keeps_dying_next: "Close other tabs to free memory or choose a smaller model, then \
                                  try again.",
        not_loaded: "The model was no longer in memory. It is being loaded again.",
        not_loaded_next: "Ask again once Bella is awake.",
        unreachable: |file| format!("{file} could not be fetched."),
        unreachable_next: "Check that the network or the server is up, then try again.",
        forbidden: |file| {
            format!("The server sends {file} on to an address that this page may not talk to.")
        },
        forbidden_next: "Tell whoever runs this page: its content policy does not name that \
                         address. Meanwhile choose another model, or bring this one from a file.",
        not_in_file: |file| format!("What you chose does not hold {file}."),
        not_in_file_next: "Choose the file that was saved here or elsewhere for this very model. \
                           Of a model of several files choose all at once.",
        load_killed_tab: |model| format!("The page ended last time while it was loading {model}."),
        load_killed_tab_next: "It may be too much for this device, so Bella begins one size \
                               smaller. You can still choose it on the models page.",
        bad_status: |file, status| format!("The server has no usable {file} (status {status})."),
        bad_status_next: "The model may not have been put on the server. Try again later or choose \
                          another model.",
        short_file: |file, got, expected| format!("{file} broke off after {got} of {expected}."),
        short_file_next: "The connection may have dropped. Try again.",
        wrong_hash: |file| format!("{file} is not the file it should be, so it was not used."),
        wrong_hash_next: "It may have been damaged on the way. Try again; if it stays wrong, the \
                          server holds a bad copy.",
        bad_model: |file| format!("{file} is not a model Bella's engine can run."),
        bad_model_next: "Choose another model.",
        too_large: |needed, free| {
            format!("The model needs {needed} of memory, and {free} can be had.")
        },
        too_large_next: "Close other tabs, or choose a smaller model.",
        too_long: |tokens, limit| {
            format!("That message is too long: {tokens} tokens, where {limit} fit.")
        },
        too_long_next: "Send a shorter message, or split it in two.",
        wrong_task: "This model is not made for talking.",
        wrong_task_next: "Choose a model for talking.",
        bad_request: "This page and Bella's engine do not understand each other.",
        bad_request_next: "They may come from different versions. Reload the page.",
        crashed: "Bella's engine stopped unexpectedly.",
        crashed_next: "Ask again once Bella is awake.",
    },
    boot: Boot {
        no_script: "Bella runs inside your browser, so she needs JavaScript. Please allow it for \
                    this page and reload.",
        unsupported: "This browser cannot run Bella. A current Chrome, Edge, Firefox or Safari \
                      can.",
        broken: "Part of this page could not be loaded. Check the connection and reload.",
        stopped: "The page stopped unexpectedly. Reload it to start again.",
    },
};

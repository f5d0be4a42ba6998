//! 한국어. 해요체로 쓰고, NFC로 저장해요.

use super::messages::*;

pub static MESSAGES: Messages = Messages {
    words: Words {
        bella: "벨라",
        korean: "한국어",
        english: "영어",
        chinese: "중국어",
        any_language: "언어와 무관",
        close: "닫기",
        try_again: "다시 시도",
    },
    nav: Nav {
        label: "주 메뉴",
        skip: "본문으로 건너뛰기",
        talk: "대화",
        models: "모델",
        settings: "설정",
        about: "개인정보",
    },
    phase: PhaseWords {
        waking: "일어나는 중",
        broken: "멈춰 있음",
        empty: "잠듦",
        loading: |percent| format!("{percent} 불러옴"),
        idle: "깨어 있음",
        thinking: "생각 중",
        replying: "대답 중",
    },
    promise: Promise {
        badge: "이 기기에서 실행",
        detail: "주고받은 모든 말은 이 탭 안에만 머물러요.",
        leaves: "기기 밖으로 나감",
        leaves_detail: "지금 쓰는 목소리나 서버로 말이 네트워크를 거쳐 나가요. 무엇인지는 설정에서 \
                        보고 끌 수 있어요.",
    },
    talk: Talk {
        title: "벨라와 대화하기",
        conversation: "대화 내용",
        asleep: "벨라가 자고 있어요",
        asleep_detail: "깨어나려면 언어 모델이 필요해요. 모델은 한 번 받아 오면 여러분의 기기에서만 \
                        돌아가요.",
        loading: "벨라가 일어나고 있어요",
        loading_detail: "지금 글을 남겨도 괜찮아요. 깨어나는 대로 대답할게요.",
        awake: "무슨 이야기를 해 볼까요?",
        awake_detail: "무엇을 적든 이 기기 안에서 대답해요.",
        composer: "보낼 말",
        placeholder: "벨라에게 말해 보세요",
        placeholder_asleep: "먼저 말을 남겨 보세요",
        keys: "Enter를 누르면 보내고, Shift와 Enter를 함께 누르면 줄을 바꿔요.",
        send: "보내기",
        stop: "멈추기",
        clear: "비우기",
        cleared: "대화를 비웠어요.",
        undo_clear: "되돌리기",
        you: "나",
        waiting: "이 대답이 끝나면 이어서 대답해요",
        waiting_for_model: "벨라가 깨어나는 대로 대답해요",
        stopped: "대답을 멈췄어요.",
        silent: "벨라가 할 말을 찾지 못했어요.",
        length_reached: "설정에서 정한 길이만큼 대답했어요.",
        forgotten: |count| format!("대화가 길어져서 앞부분은 더 이상 기억하지 못해요 ({count})."),
        ask_again: "다시 물어보기",
        suggestions: "이렇게 시작해 보세요",
        speaks_only: |language| format!("지금 모델은 {language}로 가장 잘 대답해요."),
    },
    talk_control: TalkControl {
        ready: "누르고 말하기",
        ready_detail: "한 번 누르면 계속 들어요",
        opening: "마이크 켜는 중",
        opening_detail: "잠시만 기다려 주세요",
        listening: "듣고 있어요",
        listening_detail: "다 말하면 손을 떼세요",
        locked: "계속 듣고 있어요",
        locked_detail: "다 말하면 한 번 누르세요",
        waiting: "그냥 말해 보세요",
        waiting_detail: "누르고 말해도 돼요",
        hearing: "듣고 있어요",
        hearing_detail: "말을 멈추면 받아써요",
        transcribing: "받아쓰는 중",
        transcribing_detail: "잠시만 기다려 주세요",
        unavailable: "마이크가 없어요",
        unavailable_detail: "누르면 다시 시도해요",
        partial: "벨라가 듣고 있는 말",
        nothing: "아무 말도 듣지 못했어요.",
        nothing_next: "마이크에 조금 더 가까이 대고 다시 말해 주세요.",
        spoken: "말로 한 것",
        edit: "고치기",
        yes: "네, 해 주세요",
        no: "아니요",
    },
    suggestion: Suggestions {
        first: "프랑스의 수도는 어디예요?",
        second: "등대 이야기를 짧게 들려주세요.",
        third: "차를 맛있게 우리는 법을 알려 주세요.",
    },
    load: Load {
        action: "벨라 깨우기",
        action_detail: |model, size| format!("{model} 모델, {size}"),
        once: "다음부터는 이 모델을 자동으로 불러와요.",
        progress_label: |model| format!("{model} 모델을 불러오는 중"),
        progress: |done, total| format!("{total} 중 {done}"),
        pace: |speed| format!("1초에 {speed}"),
        seconds_left: |count| format!("약 {count}초 남음"),
        minutes_left: |count| format!("약 {count}분 남음"),
        retrying: "연결이 끊겨서 다시 시도하고 있어요.",
        preparing: "거의 다 됐어요. 모델을 메모리에 펼치고 있어요",
        cancel: "잠시 멈추기",
        cancel_note: "지금까지 받은 것은 이 기기에 남고, 다음에 이어서 받아요.",
        choose_other: "다른 모델 고르기",
    },
    first_steps: FirstStepWords {
        label: "처음 세 단계",
        done: "마침",
        language: "언어",
        microphone: "마이크",
        microphone_detail: "말로 이야기해요. 나중에 켜도 돼요.",
        microphone_allow: "허용하기",
        microphone_asking: "묻는 중",
        microphone_again: "다시 시도",
        microphone_refused: "아직 쓸 수 없어요. 주소창 옆에서 마이크를 허용하거나, 글로 이야기해 \
                             주세요.",
        model: "언어 모델",
        model_detail: "한 번 받으면 이 기기에서만 돌아가요.",
        model_waking: "이 기기를 살펴보는 중",
        meanwhile: "모델 없이도 지금 물어볼 수 있어요",
        try_time: "지금 몇 시예요?",
        try_date: "오늘 며칠이에요?",
        try_help: "무엇을 할 수 있어요?",
    },
    models: Models {
        title: "모델",
        intro: "벨라는 이 모델들로 생각해요. 모두 이 기기에서 돌아가고, 밖으로 보내는 것은 없어요.",
        chat: "말하기",
        transcribe: "듣기",
        embed: "이해하기",
        feel: "느끼기",
        vad: "목소리 알아채기",
        size: "크기",
        languages: "언어",
        licence: "라이선스",
        use_this: "이 모델과 대화하기",
        in_use: "사용 중",
        unload: "내려놓기",
        unused: "이번 버전의 벨라는 아직 쓰지 않아요.",
        size_unknown: "아직 알 수 없음",
        pinned_later: "처음 받을 때 체크섬을 기록해요.",
        none: "이 빌드에는 모델이 없어요.",
        kept: "이 기기에 보관되어 있어요. 네트워크 없이도 불러올 수 있어요.",
        kept_part: |done, total| format!("{total} 중 {done}를 이 기기에 받아 두었어요."),
        forget: "이 기기에서 지우기",
        chat_for: "여러분이 쓴 말을 읽고 대답해요.",
        transcribe_for: "여러분이 하는 말을 글로 옮겨요.",
        embed_for: "뜻이 가까운 글을 찾아요.",
        feel_for: "문장에 담긴 기분을 느껴요.",
        vad_for: "누가 말을 시작하고 끝내는지 들어요.",
        keep: "이 기기에 보관하기",
        keep_on: "나머지 받기",
        keep_again: "지금 보관하기",
        waits: "앞의 모델을 다 받으면 시작해요.",
        pause: "잠시 멈추기",
        resume: "이어서 받기",
        cancel: "취소하고 지우기",
        import: "파일에서 가져오기",
        export: "파일로 저장하기",
        delete_other: |model, size| format!("{model} 지우기 ({size})"),
        stray: "이번 버전의 벨라는 더 이상 이 모델을 알지 못해요. 자리만 차지하고 있어요.",
    },
    fit: FitWords {
        title: "이 기기에서",
        speed: "속도",
        not_measured: "첫 대답 뒤에 알 수 있어요",
        measured: |rate| format!("1초에 {rate}토큰 (이 기기에서 잰 값)"),
        expected: |rate| format!("1초에 약 {rate}토큰 (다른 모델로 어림한 값)"),
        unknown: "아직 시험해 보지 않았어요",
        fits: |needed, had| format!("잘 돌아가요. 메모리가 {needed} 필요하고 {had}를 쓸 수 있어요"),
        slow: |needed, had| {
            format!(
                "느려요. 메모리는 {needed} 필요하고 {had}를 쓸 수 있지만 이 기기의 계산이 느려요"
            )
        },
        too_large: |needed, had| {
            format!("돌릴 수 없어요. 메모리가 {needed} 필요한데 {had}만 쓸 수 있어요")
        },
        tier_unknown: "이 기기가 어느 모델까지 돌릴 수 있는지 아직 몰라요.",
        commands: "언어 모델을 돌리기에는 기기가 작아요.",
        tiny: "이 기기에서는 아주 작은 모델을 돌릴 수 있어요.",
        standard: "이 기기에서는 보통 크기의 모델을 돌릴 수 있어요.",
        large: "이 기기에서는 큰 모델도 돌릴 수 있어요.",
    },
    larder: LarderWords {
        title: "이 기기의 저장 공간",
        used: |size| format!("모델이 {size}를 쓰고 있어요."),
        used_and_free: |size, free| {
            format!("모델이 {size}를 쓰고 있어요. 브라우저는 약 {free}를 더 담을 수 있다고 해요.")
        },
        promised: "브라우저가 여러분이 지울 때까지 보관하겠다고 약속했어요.",
        not_promised: "기기에 자리가 모자라면 브라우저가 모델을 지울 수도 있어요.",
        ask: "계속 보관해 달라고 하기",
        cannot_be_asked: "이 브라우저에서는 모델이 계속 남아 있을지 알 수 없어요.",
        at_most: "모델이 쓸 수 있는 공간",
        at_most_note: "저절로 지우지는 않아요. 자리가 없으면 무엇을 지울지 직접 고르게 돼요.",
        any: "들어가는 만큼",
        one: "1 GB까지",
        two: "2 GB까지",
        four: "4 GB까지",
        over: |size| {
            format!("지금 모델이 쓰는 것보다 {size} 적어요. 오래 쓰지 않은 모델부터 보여 드려요:")
        },
    },
    keeping: KeepingWords {
        label: "보관하지 못함",
        refused: "이 브라우저가 저장을 허용하지 않아서 모델이 메모리에만 있어요.",
        refused_next: "다음에는 다시 받아야 해요. 비공개 창이 아니라면 보관할 수 있어요.",
        full: |needed, fit| {
            format!(
                "자리가 모자라서 모델을 보관하지 못했어요. {needed}가 필요한데 {fit}만 \
                 들어갔어요. 그래도 메모리에서 그대로 대화할 수 있어요."
            )
        },
        full_next: "기기에 자리를 만들면 다음에 불러올 때 보관해요.",
        full_others_next: |others| {
            format!(
                "다른 모델이 {others}를 쓰고 있어요. 필요 없는 모델을 지우고 다시 불러와 주세요."
            )
        },
        over_limit: |needed, limit| {
            format!("{needed}가 필요한데, 다른 모델과 합치면 정해 둔 {limit}를 넘어요.")
        },
        over_limit_next: |others| {
            format!(
                "다른 모델이 {others}를 쓰고 있어요. 필요 없는 모델을 지우거나 한도를 늘려 주세요."
            )
        },
        no_room: |needed, fit| {
            format!(
                "자리가 모자라서 보관하지 못했어요. {needed}가 필요한데 {fit}만 들어갔어요. \
                 들어간 것도 남기지 않았어요."
            )
        },
        to_models: "모델 보기",
        unreliable: "이 기기에서 읽은 내용이 저장한 것과 달라서 모델이 메모리에만 있어요.",
        unreliable_next: "다음에는 다시 받아야 해요. 디스크를 한번 확인해 주세요.",
    },
    settings: Settings {
        title: "설정",
        intro: "이 기기의 이 브라우저에만 저장해요.",
        language: "언어",
        language_note: "화면에 쓰는 언어예요. 모델이 할 줄 알면 벨라도 이 언어로 말해요.",
        theme: "화면 모드",
        theme_auto: "기기 설정대로",
        theme_light: "밝게",
        theme_dark: "어둡게",
        length: "대답 길이",
        length_note: "대답이 길어질 수 있는 한도예요.",
        length_short: "짧게",
        length_medium: "보통",
        length_long: "길게",
        variety: "말씨의 변화",
        variety_note: "차분하게를 고르면 같은 질문에 언제나 똑같이 대답해요.",
        variety_steady: "차분하게",
        variety_natural: "자연스럽게",
        variety_playful: "발랄하게",
    },
    engine: EngineWords {
        title: "엔진",
        not_yet: "아직 시작하지 않았어요.",
        turbo: "빠른 엔진이 돌고 있어요.",
        baseline: "기본 엔진이 돌고 있어요. 어디서나 되지만 더 느려요.",
        one_thread: "스레드 하나로 계산해요.",
        threads: |count| format!("스레드 {count}개로 계산해요."),
        saving: |count| format!("전력을 아끼려고 스레드 {count}개 가운데 하나로만 계산해요."),
        not_isolated: "빠른 엔진은 스레드끼리 메모리를 나눠 써요. 브라우저는 정해진 헤더와 함께 온 \
                       페이지에만 그걸 허락하는데, 이 서버는 그 헤더를 보내지 않아요.",
        no_shared_memory: "빠른 엔진은 스레드끼리 메모리를 나눠 쓰는데, 이 브라우저에는 나눠 쓸 \
                           메모리가 없어요.",
        no_relaxed_simd: "빠른 엔진에는 이 브라우저나 프로세서에 없는 새 벡터 명령이 필요해요.",
        wrong_result: "빠른 엔진이 이 기기에서 틀린 값을 계산해서 쓰지 않아요.",
        asked: "주소에서 기본 엔진을 골랐어요.",
        failed: |detail| format!("빠른 엔진을 시작하지 못했어요 ({detail})."),
        power: "전력",
        power_note: "아끼기를 고르면 스레드를 하나만 써요. 대답은 느려지지만 기기가 덜 뜨거워지고 \
                     배터리가 오래가요.",
        power_full: "빠르게",
        power_saving: "아끼기",
    },
    own_server: OwnServerWords {
        title: "내 서버",
        lead: "Ollama, llama-server, vLLM처럼 OpenAI와 같은 방식으로 연결하는 서버를 추가할 수 있어요. \
               추가한 주소는 이 페이지가 연결할 수 있는 몇 안 되는 주소 가운데 하나가 돼요.",
        nothing_sent: "대화 내용은 이 서버로 보내지 않아요. 지금은 여러분이 연결해 볼 때만, 어떤 모델이 \
                       있는지 하나만 물어봐요.",
        cannot_be: "이 브라우저에서는 이 페이지의 서비스 워커를 쓸 수 없어요. 일부 비공개 창이 그래요. \
                    다른 주소에 연결하려면 꼭 필요해서 여기서는 서버를 추가할 수 없어요.",
        address: "주소",
        address_note: "http://나 https://로 시작하는 주소를 적어 주세요. 이 기기에서 도는 Ollama의 주소는 \
                       http://localhost:11434예요.",
        key: "키",
        key_note: "서버가 요구할 때만 적으면 돼요. 이 브라우저만 풀 수 있도록 암호화해서 이 기기에 \
                   저장하고, 다시 보여 주지 않아요.",
        new_key: "새 키",
        add: "추가하고 연결해 보기",
        try_it: "연결해 보기",
        trying: "서버에 물어보고 있어요…",
        store_key: "이 키 저장하기",
        delete_key: "키 지우기",
        delete: "서버 지우기",
        key_stored: "키가 저장되어 있어요.",
        key_none: "저장된 키가 없어요.",
        key_lost: "저장된 키를 더 이상 풀 수 없어요. 키를 다시 적어 주세요.",
        empty: "주소를 적어 주세요.",
        too_long: "주소가 너무 길어요.",
        no_scheme: "주소는 http://나 https://로 시작해야 해요.",
        unreadable: "주소로 읽을 수 없어요. 잘못 적은 곳이 없는지 확인해 주세요.",
        credentials: "주소에는 사용자 이름이나 비밀번호를 넣을 수 없어요. 키는 아래 칸에 따로 적어 주세요.",
        query: "물음표나 #부터 그 뒤는 빼고 적어 주세요.",
        host: "이런 호스트에는 페이지가 연결하도록 허용할 수 없어요. 이름이나 점으로 나뉜 숫자 주소를 \
               적어 주세요.",
        not_near: "암호화하지 않은 연결은 이 기기와 집 안의 네트워크에서만 할 수 있어요. 이 주소에는 \
                   https://를 써 주세요.",
        key_empty: "키를 적어 주세요.",
        key_too_long: "키가 너무 길어요.",
        key_signs: "키에는 빈칸 없이 영문자와 숫자, 기호만 쓸 수 있어요. 다시 복사해 주세요.",
        not_taken: "이 페이지의 서비스 워커가 이 주소를 받아들이지 않았어요.",
        too_early: "페이지를 아직 기기에 저장하는 중이에요. 잠시 뒤에 다시 시도해 주세요.",
        not_kept: "이 브라우저가 저장을 허용하지 않아서 아무것도 바꾸지 못했어요.",
        not_kept_next: "이 페이지의 데이터 저장을 허용하거나 기기에 자리를 만들어 주세요.",
        not_sealed: "키를 암호화하지 못해서 저장하지 않았어요.",
        not_sealed_next: "이 페이지의 데이터 저장을 허용해 주세요. 보안 연결도 필요해요.",
        now_stored: "키를 저장했어요.",
        now_no_key: "키를 지웠어요.",
        now_deleted: "서버와 키를 지웠어요. 페이지를 다시 열면 더는 이 주소에 연결할 수 없어요.",
        answered: |count| format!("서버가 대답했어요. 모델이 {count}개 있어요."),
        answered_none: "서버가 대답했지만 아직 모델이 없어요.",
        other_answer: "대답은 왔지만 모델 목록이 아니에요.",
        other_answer_next: "OpenAI와 같은 방식으로 연결하는 서버의 주소인지 확인해 주세요.",
        status: |status| format!("서버가 오류로 대답했어요. 상태 코드: {status}"),
        status_next: "404라면 주소가 조금 다를 수 있고, 500 이상이라면 서버 쪽에 문제가 있는 거예요.",
        key_refused: "서버가 키를 거절했어요.",
        key_refused_next: "다른 키를 저장하고 다시 연결해 보세요.",
        key_wanted: "서버가 키를 요구해요.",
        key_wanted_next: "키를 저장하고 다시 연결해 보세요.",
        sent_on: "서버가 다른 주소로 넘겼어요.",
        sent_on_next: "키는 적어 둔 주소로만 보내요. 넘겨진 주소를 대신 추가해 주세요.",
        not_yet: "주소를 추가했어요. 페이지를 다시 연 뒤부터 연결할 수 있어요.",
        not_yet_next: "다시 열면 이 탭의 대화는 사라지고, 쓰고 있던 글과 모델은 그대로 남아요.",
        reopen: "페이지 다시 열기",
        soon: "하던 일이 끝나는 대로 다시 열게요.",
        network_denied: "브라우저가 이 페이지의 로컬 네트워크 접근을 막고 있어요.",
        network_denied_next: "브라우저의 사이트 설정에서 허용하고 다시 연결해 보세요.",
        not_for_pages: "서버는 있지만 이 페이지에는 대답하지 않아요.",
        not_for_pages_next: "서버에서 이 페이지의 주소를 허용해 주세요. Ollama는 OLLAMA_ORIGINS, \
                             vLLM은 --allowed-origins를 쓰면 돼요.",
        silent: "30초 동안 대답이 오지 않았어요.",
        silent_next: "서버가 켜져 있는지, 주소가 맞는지 확인해 주세요. 브라우저가 권한을 물었다면 \
                      허용해야 해요.",
        not_encrypted: "브라우저가 막았거나 서버가 대답하지 않았어요.",
        not_encrypted_next: "이 페이지는 암호화된 연결로 왔어요. 그런 페이지가 암호화되지 않은 주소에 \
                             연결하는 것은 이 기기 안이 아니면 대개 브라우저가 막아요. 서버에 \
                             https://를 써 주세요.",
        broke: "서버에 연결하지 못했어요. 브라우저는 이유를 알려 주지 않아요.",
        broke_next: "서버가 켜져 있는지, 주소가 맞는지 확인해 주세요. 켜져 있다면 서버에서 이 페이지의 \
                     주소를 허용해야 해요. Ollama는 OLLAMA_ORIGINS, vLLM은 --allowed-origins를 쓰면 \
                     돼요.",
    },
    about: About {
        title: "이 탭 안에 머무는 것",
        lead: "벨라는 이 브라우저 탭에서 도는 프로그램이에요. 계정도 없고, 대신 생각해 주는 서버도 \
               없고, 건너편에서 지켜보는 사람도 없어요.",
        stays_title: "밖으로 나가지 않는 것",
        stays_words: "여러분의 말. 입력란에서 이 탭 안의 워커로만 가고 다른 곳으로는 가지 않아요.",
        stays_replies: "벨라의 대답. 여러분 기기의 프로세서가 계산해요.",
        stays_models: "모델이 여러분에 대해 알게 된 것. 모델은 여러분에게서 배우지 않고 어디에도 \
                       알리지 않아요.",
        fetched_title: "받아 오는 것",
        fetched_page: "이 페이지와 벨라의 엔진. 여러분이 연 주소에서 받아요.",
        fetched_weights: "여러분이 고른 모델. 같은 주소에서 받고, 거기에 없으면 huggingface.co에서 \
                          받아요. 알려진 체크섬과 맞는지 확인한 다음에 써요.",
        fetched_nothing_else: "그 밖에는 아무것도 없어요. 글꼴도, 통계도, 광고도 받지 않아요. \
                               설정에서 직접 추가한 내 서버 말고는 다른 주소를 모두 거절하라고 \
                               브라우저에 일러두었어요.",
        kept_title: "기억하는 것",
        kept_settings: "설정과 마지막에 쓴 모델의 이름. 이 브라우저의 저장소에만 있어요. 추가한 서버의 \
                        키는 암호화해서 저장해요.",
        kept_models: "불러온 모델. 모델 화면에서 지울 때까지 남아 있어요.",
        kept_conversation: "대화는 메모리에만 있어요. 탭을 닫거나 새로 고치면 사라져요.",
        kept_nobody: "쿠키는 쓰지 않아요.",
        check_title: "직접 확인해 보세요",
        check_network: "브라우저의 개발자 도구에서 네트워크 화면을 열고 벨라와 대화해 보세요. \
                        목록은 그대로 비어 있어요.",
        check_unplug: "벨라를 깨운 뒤에 네트워크를 끊고 대화를 이어 가 봐도 좋아요.",
        limits_title: "약속할 수 없는 것",
        limits_mistakes: "작은 모델은 틀린 말을 자신 있게 하기도 해요. 중요한 것은 꼭 확인하세요.",
        limits_device: "브라우저 확장 프로그램이나 이 기기의 다른 프로그램은 화면의 내용을 읽을 수도 \
                        있어요.",
        limits_host: "여느 웹 페이지처럼, 이 페이지를 올려 둔 쪽은 페이지를 열고 모델을 받은 \
                      사실을 알 수 있어요.",
        licence_title: "라이선스",
        licence: "벨라는 MIT 또는 Apache 2.0 라이선스를 따르는 자유 소프트웨어예요. 모델마다 \
                  라이선스가 따로 있고, 모델 카드에 적혀 있어요.",
    },
    lab: LabWords {
        title: "이 기기 속도 재 보기",
        intro: "이 기기에서 벨라가 얼마나 빨리 생각하는지 재 봐요. 모델을 고르고 1~2분 기다려 주세요. \
                따로 띄운 엔진에서 재기 때문에 나누던 대화는 그대로 있어요. 결과는 어디에도 보내지 \
                않아요.",
        link: "이 기기 속도 재 보기",
        models: "어떤 모델을 잴까요?",
        models_note: "아직 받지 않은 모델은 먼저 받아 와요.",
        busy: "지금은 벨라가 바빠요. 끝나면 시작할 수 있어요.",
        start: "측정 시작",
        stop: "멈추기",
        measuring: |model| format!("{model} 측정 중"),
        step: |done, all| format!("{all}단계 중 {done}단계"),
        done: "다 쟀어요.",
        stopped: "멈췄어요. 그 전에 다 잰 결과는 남아 있어요.",
        figure: "항목",
        result: "결과",
        load: "깨어나기",
        prefill: "보낸 말 읽기",
        decode: "대답 쓰기",
        prefill_2k: "긴 대화 읽기",
        decode_2k: "긴 대화 뒤에 대답 쓰기",
        listen: |seconds| format!("소리 {seconds}초 듣기"),
        embed: "문장 뜻 알아보기",
        feel: "문장에 담긴 기분 느끼기",
        memory: "사용한 메모리",
        tokens_per_second: |count| format!("초당 {count}토큰"),
        missing: |what| format!("재지 못한 것: {what}"),
        missing_next: "다른 결과에는 영향이 없어요.",
        the_rest: "나머지 모두",
        lost: "재는 동안 엔진이 멈췄어요.",
        lost_next: "다른 탭을 닫아 메모리를 비우거나 더 작은 모델을 고른 다음, 다시 재 보세요.",
        build: |name, threads| format!("엔진: {name}, 스레드: {threads}"),
        token: "토큰은 낱말보다 조금 작은 조각이에요.",
        made_up: "듣기는 꾸며 낸 목소리로 재요. 실제 말소리는 알아듣기 더 쉬워서 대개 이보다 빨라요.",
        raw: "숫자 모두 보기",
        save: "JSON으로 저장",
        copy: "복사",
        copied: "복사했어요.",
        not_copied: "브라우저가 허락하지 않았어요. 대신 저장할 수 있어요.",
    },
    renewal: RenewalWords {
        ready: "벨라의 새 버전이 준비됐어요.",
        replaced: "다른 탭에서 벨라를 새 버전으로 바꿨어요.",
        detail: "다음에 열 때 시작돼요. 지금 시작하면 이 탭의 대화는 사라지고, 쓰고 있던 글과 모델은 \
                 그대로 남아요.",
        action: "지금 시작하기",
        soon: "하던 일이 끝나는 대로 시작할게요.",
    },
    sharing: SharingWords {
        in_draft: "공유한 내용을 입력창에 넣어 두었어요. 직접 보내기 전에는 보내지 않아요.",
        cut: "공유한 내용이 너무 길어서 앞부분만 입력창에 넣었어요.",
        not_text: |name| format!("{name} 파일은 글이 아니라서 벨라가 아직 읽지 못해요."),
        too_much: "한 번에 공유할 수 있는 양을 넘었어요. 더 짧은 글을 공유해 주세요.",
    },
    in_app: InAppWords {
        label: "브라우저에서 열기",
        what: |app| format!("지금은 {app} 안의 브라우저예요."),
        why: "여기서는 모델이 보관되지 않거나 마이크를 쓸 수 없고, 앱으로 돌아가면 벨라가 꺼질 수 \
              있어요. 평소 쓰는 브라우저에서는 모두 돼요.",
        by_hand: "이 창의 메뉴에서 브라우저로 열기를 고르거나, 주소를 복사해서 브라우저에 붙여 넣어 \
                  주세요.",
        leave: "브라우저에서 열기",
        copy: "주소 복사하기",
        copied: "복사했어요. 브라우저에 붙여 넣어 주세요.",
        not_copied: "이 앱에서는 복사할 수 없어요. 아래 주소를 직접 복사해 주세요.",
        kakaotalk: "카카오톡",
        line: "라인",
        instagram: "인스타그램",
        threads: "스레드",
        facebook: "페이스북",
        messenger: "페이스북 메신저",
        naver: "네이버",
        band: "밴드",
        daum: "다음",
        tiktok: "틱톡",
        wechat: "위챗",
        x: "엑스(X)",
        linkedin: "링크드인",
        snapchat: "스냅챗",
        another: "다른 앱",
    },
    not_found: NotFound {
        title: "여기에는 아무것도 없어요",
        detail: "주소를 잘못 적었거나 페이지가 옮겨졌을 수 있어요.",
        back: "벨라에게 돌아가기",
    },
    trouble: TroubleWords {
        details: "자세히",
        engine_not_started: "벨라의 엔진을 시작하지 못했어요.",
        engine_not_started_next: "다시 시도해 보세요. 그래도 안 되면 페이지를 새로 고치거나 \
                                  브라우저를 업데이트해 주세요.",
        engine_lost: "벨라의 엔진이 갑자기 멈춰서 다시 시작하고 있어요.",
        engine_lost_next: "대화는 그대로 있어요. 잠시 뒤에 다시 물어봐 주세요.",
        engine_keeps_dying: "벨라의 엔진이 여러 번 잇달아 멈췄어요.",
        engine_keeps_dying_next: "다른 탭을 닫아 메모리를 비우거나 더 작은 모델을 고른 다음, 다시 \
                                  시도해 주세요.",
        not_loaded: "모델이 메모리에서 내려가 있어서 다시 불러오고 있어요.",
        not_loaded_next: "벨라가 깨어나면 다시 물어봐 주세요.",
        unreachable: |file| format!("{file} 파일을 받지 못했어요."),
        unreachable_next: "네트워크와 서버가 켜져 있는지 확인하고 다시 시도해 주세요.",
        forbidden: |file| {
            format!("서버가 {file} 파일을 이 페이지가 연결할 수 없는 주소로 넘겼어요.")
        },
        forbidden_next: "이 페이지를 운영하는 쪽에 알려 주세요. 콘텐츠 정책에 그 주소가 없어요. \
                         그동안은 다른 모델을 고르거나 파일에서 가져와 주세요.",
        not_in_file: |file| format!("고른 파일에 {file} 파일이 들어 있지 않아요."),
        not_in_file_next: "바로 이 모델로 저장해 둔 파일을 골라 주세요. 파일이 여러 개인 모델은 \
                           한꺼번에 골라야 해요.",
        load_killed_tab: |model| format!("지난번에 {model} 모델을 불러오다가 페이지가 꺼졌어요."),
        load_killed_tab_next: "이 기기에는 버거울 수 있어서 한 단계 작은 모델로 시작해요. 모델 \
                               화면에서 다시 고를 수도 있어요.",
        bad_status: |file, status| {
            format!("서버에 쓸 수 있는 {file} 파일이 없어요 (상태 {status}).")
        },
        bad_status_next: "서버에 아직 모델을 올리지 않았을 수 있어요. 나중에 다시 시도하거나 다른 \
                          모델을 골라 주세요.",
        short_file: |file, got, expected| {
            format!("{file} 파일이 {expected} 중 {got}에서 끊겼어요.")
        },
        short_file_next: "연결이 끊겼을 수 있어요. 다시 시도해 주세요.",
        wrong_hash: |file| format!("{file} 파일이 원래 내용과 달라서 쓰지 않았어요."),
        wrong_hash_next: "오는 길에 손상됐을 수 있어요. 다시 시도해 보고, 그래도 같으면 서버에 있는 \
                          파일이 잘못된 거예요.",
        bad_model: |file| format!("{file} 파일은 벨라의 엔진이 돌릴 수 있는 모델이 아니에요."),
        bad_model_next: "다른 모델을 골라 주세요.",
        too_large: |needed, free| {
            format!("이 모델에는 메모리가 {needed} 필요한데 {free}만 쓸 수 있어요.")
        },
        too_large_next: "다른 탭을 닫거나 더 작은 모델을 골라 주세요.",
        too_long: |tokens, limit| {
            format!("보낸 말이 너무 길어요. {tokens}토큰인데 {limit}토큰까지 담을 수 있어요.")
        },
        too_long_next: "더 짧게 쓰거나 둘로 나눠 보내 주세요.",
        wrong_task: "이 모델은 대화용이 아니에요.",
        wrong_task_next: "말하기 모델을 골라 주세요.",
        bad_request: "이 페이지와 벨라의 엔진이 서로 알아듣지 못했어요.",
        bad_request_next: "서로 다른 버전일 수 있어요. 페이지를 새로 고쳐 주세요.",
        crashed: "벨라의 엔진이 갑자기 멈췄어요.",
        crashed_next: "벨라가 깨어나면 다시 물어봐 주세요.",
    },
    boot: Boot {
        no_script: "벨라는 브라우저 안에서 돌아가기 때문에 JavaScript가 필요해요. 이 페이지에서 \
                    허용하고 새로 고쳐 주세요.",
        unsupported: "이 브라우저에서는 벨라를 실행할 수 없어요. 최신 Chrome, Edge, Firefox, \
                      Safari에서는 돼요.",
        broken: "페이지 일부를 불러오지 못했어요. 연결을 확인하고 새로 고쳐 주세요.",
        stopped: "페이지가 갑자기 멈췄어요. 새로 고치면 다시 시작해요.",
    },
};

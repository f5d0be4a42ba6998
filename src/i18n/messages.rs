//! The shape of the catalogue: which messages there are, and what each is told.

/// Declares groups of messages. `name` becomes a plain text, `name(a, b)` a
/// function of its arguments, so a missing message, a misspelt one and a wrong
/// number of arguments are all compile errors. Each group can also list itself
/// for the tests, functions being given their own argument names in braces.
macro_rules! catalogue {
    ($(
        $(#[$doc:meta])*
        $group:ident: $Group:ident { $( $message:ident $( ( $($argument:ident),+ ) )? ),+ $(,)? }
    )+) => {
        #[derive(Debug)]
        pub struct Messages {
            $( $(#[$doc])* pub $group: $Group, )+
        }

        impl Messages {
            /// Every message as (`group.name`, text, argument names).
            pub fn list(&self) -> Vec<(String, String, &'static [&'static str])> {
                let mut list = Vec::new();
                $( self.$group.list(stringify!($group), &mut list); )+
                list
            }
        }

        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub struct $Group {
                $( pub $message: catalogue!(@type $( $($argument),+ )?), )+
            }

            impl $Group {
                fn list(
                    &self,
                    group: &str,
                    list: &mut Vec<(String, String, &'static [&'static str])>,
                ) {
                    $( list.push((
                        format!("{group}.{}", stringify!($message)),
                        catalogue!(@sample self.$message $(, $($argument),+ )?),
                        &[ $( $(stringify!($argument)),+ )? ],
                    )); )+
                }
            }
        )+
    };
    (@type) => { &'static str };
    (@type $($argument:ident),+) => { fn($($argument: &str),+) -> String };
    (@sample $message:expr) => { $message.to_owned() };
    (@sample $message:expr, $($argument:ident),+) => {
        ($message)($( concat!("{", stringify!($argument), "}") ),+)
    };
}

catalogue! {
    /// The languages' and tasks' own names, and words used all over.
    words: Words {
        bella, korean, english, chinese, any_language, close, try_again,
    }

    nav: Nav {
        label, skip, talk, models, settings, about,
    }

    /// What Bella is doing, in a word or two.
    phase: PhaseWords {
        waking, broken, empty, loading(percent), idle, thinking, replying,
    }

    /// What shows in her face, in a word or two.
    mood: MoodWords {
        label, glad, calm, tender, concerned,
    }

    /// The promise beside everything.
    promise: Promise {
        badge, detail, leaves, leaves_detail,
    }

    talk: Talk {
        title, conversation, asleep, asleep_detail, loading, loading_detail, awake, awake_detail,
        composer, placeholder, placeholder_asleep, keys, send, stop, clear, cleared, undo_clear,
        you, waiting, waiting_for_model, stopped, silent, length_reached, forgotten(count),
        ask_again, suggestions, speaks_only(language), show_earlier(count),
    }

    /// Talking aloud: the control, what is heard and said, and what she asks back.
    talk_control: TalkControl {
        ready, ready_detail, opening, opening_detail, listening, listening_detail,
        locked, locked_detail, waiting, waiting_detail, hearing, hearing_detail, transcribing, transcribing_detail, unavailable, unavailable_detail,
        partial, nothing, nothing_next, spoken, edit, yes, no,
    }

    /// Sentences to begin with. They are said to the model, so the ones of the
    /// language it speaks are offered.
    suggestion: Suggestions {
        first, second, third,
    }

    /// What she says once she has done what she was asked for; said by her.
    command_replies: CommandReplies {
        midnight, midday, on_the_hour(part, hour), time(part, hour, minute),
        small_hours, morning, noon, afternoon, evening, night,
        date(weekday, day, month, year), help,
        may_i_clear, cleared, nothing_to_clear, not_cleared,
        voice_on, voice_off, no_voice, slower, faster, slowest, fastest, dark, light,
        korean, english, page_korean, page_english,
    }

    calendar: CalendarWords {
        sunday, monday, tuesday, wednesday, thursday, friday, saturday,
        january, february, march, april, may, june, july, august, september, october,
        november, december,
    }

    load: Load {
        action, action_detail(model, size), once, progress_label(model), progress(done, total), pace(speed), seconds_left(count), minutes_left(count),
        retrying, preparing, cancel, cancel_note,
        choose_other,
    }

    /// The first visit.
    first_steps: FirstStepWords {
        label, done, language,
        microphone, microphone_detail, microphone_allow, microphone_asking, microphone_again,
        microphone_refused,
        model, model_detail, model_waking,
        meanwhile, try_time, try_date, try_help,
    }

    models: Models {
        title, intro, chat, transcribe, embed, feel, vad,
        size, languages, licence, use_this, in_use, unload,
        unused, size_unknown, pinned_later, none,
        kept, kept_part(done, total), forget,
        chat_for, transcribe_for, embed_for, feel_for, vad_for,
        keep, keep_on, keep_again, waits, pause, resume, cancel, import, export,
        delete_other(model, size), stray,
    }

    /// What she can do beside answering.
    skills: SkillWords {
        hearing, hearing_note, feeling, feeling_note, on, off,
        size(size), waiting, ready, use_to_hear, use_to_feel,
        offer_title, offer_detail(size), offer_action, later,
    }

    /// What there is to tell about hearing. A `…_next` is what to do about it.
    hearing_notes: HearingNotes {
        asking, asking_next, too_loud, too_loud_next,
        attentive, attentive_next, loudness, loudness_next,
    }

    /// Whether a model runs on this device.
    fit: FitWords {
        title, speed, not_measured, measured(rate), expected(rate),
        unknown, fits(needed, had), slow(needed, had), too_large(needed, had),
        tier_unknown, commands, tiny, standard, large,
    }

    /// How much of the device models take, and whether they stay.
    larder: LarderWords {
        title, used(size), used_and_free(size, free),
        promised, not_promised, ask, cannot_be_asked,
        at_most, at_most_note, any, one, two, four, over(size),
    }

    /// How a person is heard, and what can be wrong with the microphone. A `…_next` is
    /// what to do about it.
    hearing: HearingWords {
        title, lead, on, off,
        microphone, microphone_note, any, unnamed(number), gone, none, allow, allow_note,
        test, test_note, test_stop, asking, still_asking, say_something, level, muted,
        nothing, nothing_next, very_quiet, very_quiet_next, good, good_next,
        clipping, clipping_next,
        language, language_note, language_auto,
        hands_free, hands_free_note, sensitivity, sensitivity_note, low, medium, high,
        wake_phrase, wake_phrase_note, barge_in, barge_in_note,
        then, then_note, send, compose,
        talk_key, talk_key_note, key_space, key_f8, key_f9,
        missing, missing_next, denied, denied_next, busy, busy_next, revoked, revoked_next,
        unplugged, unplugged_next, no_frames, no_frames_next, not_secure, not_secure_next,
        other(name), other_next,
    }

    /// Why a model is not kept on the device. A `…_next` is what to do about it.
    keeping: KeepingWords {
        label, refused, refused_next,
        full(needed, fit), full_next, full_others_next(others), to_models,
        over_limit(needed, limit), over_limit_next(others), no_room(needed, fit),
        unreliable, unreliable_next,
    }

    /// How Bella speaks. A `…_next` is what to do when she does not.
    speaking: SpeakingWords {
        title, lead, aloud, on, off,
        korean_voice, english_voice, bella_chooses, stays, leaves, leaves_note,
        no_voice, only_remote,
        rate, slower, normal, faster, try_it, sample,
        no_voices, no_voices_next, no_voice_for(language), no_voice_for_next,
        remote_only(language), remote_only_next, not_allowed, not_allowed_next,
        never_started, never_started_next, never_ended, never_ended_next,
        failed, failed_next,
    }

    settings: Settings {
        title, intro, language, language_note, theme, theme_auto, theme_light, theme_dark,
        length, length_note, length_short, length_medium, length_long,
        variety, variety_note, variety_steady, variety_natural, variety_playful,
    }

    /// Who Bella is to be.
    persona: PersonaWords {
        title, lead, name, name_note, name_empty, name_too_long, name_sign,
        speech, speech_note, polite, casual,
        temperament, temperament_note, warm, cheerful, calm, dry,
    }

    /// Which engine runs, and why it is not the fast one.
    engine: EngineWords {
        title, not_yet, turbo, baseline, one_thread, threads(count), saving(count),
        not_isolated, no_shared_memory, no_relaxed_simd, wrong_result, asked, failed(detail),
        power, power_note, power_full, power_saving,
    }

    /// A server of the person's own. A `…_next` is what to do about it.
    own_server: OwnServerWords {
        title, lead, nothing_sent, cannot_be,
        address, address_note, key, key_note, new_key,
        add, try_it, trying, store_key, delete_key, delete,
        key_stored, key_none, key_lost,
        empty, too_long, no_scheme, unreadable, credentials, query, host, not_near,
        key_empty, key_too_long, key_signs,
        not_taken, too_early, not_kept, not_kept_next, not_sealed, not_sealed_next,
        now_stored, now_no_key, now_deleted,
        answered(count), answered_none, other_answer, other_answer_next,
        status(status), status_next, key_refused, key_refused_next, key_wanted, key_wanted_next,
        sent_on, sent_on_next, not_yet, not_yet_next, reopen, soon,
        network_denied, network_denied_next, not_for_pages, not_for_pages_next,
        silent, silent_next, not_encrypted, not_encrypted_next, broke, broke_next,
    }

    about: About {
        title, lead,
        stays_title, stays_words, stays_replies, stays_models,
        fetched_title, fetched_page, fetched_weights, fetched_nothing_else,
        kept_title, kept_settings, kept_models, kept_conversation, kept_nobody,
        check_title, check_network, check_unplug,
        limits_title, limits_mistakes, limits_device, limits_host,
        licence_title, licence,
    }

    /// The conversation as it is kept. A `…_next` is what to do about it.
    history: HistoryWords {
        title, lead, link, opening, unavailable, none, reading, more, unreadable(count),
        search, found(count), not_found, hits,
        spoken, stopped, failed, silent,
        manage, files, files_note, export, import,
        erase, erase_note, erase_all, erase_all_sure, erase_one, erase_one_sure, erase_yes, keep_it,
        passphrase, passphrase_none, passphrase_set, passphrase_how, passphrase_forgotten,
        current, new, again, set, change, remove, lock, open, locked, locked_note, no_way_in,
        wanted, wanted_note, wanted_yes, wanted_no, still_there, waiting(count), busy,
        full, full_next, refused, refused_next, later, later_next, damaged, damaged_next,
        crossed, crossed_next, wrong, wrong_next, too_short(count), too_long, differs,
        lock_damaged, lock_damaged_next, no_memory, no_memory_next, not_sealed, not_sealed_next,
        too_large(size, limit), too_many(limit), not_json(line, column), not_a_history,
        not_read_next, other_version(version), other_version_next,
        unfit(entry, field), unfit_file(field), is_missing, is_other, is_unknown, is_long,
        no_file, no_file_next, not_saved, not_saved_next,
        now_locked, now_set, now_changed, now_removed,
        brought(added, known), brought_new(added), saved(count), saved_files(count, files), saved_next,
        erased, erased_one,
    }

    /// The page on which a device is measured.
    lab: LabWords {
        title, intro, link, models, models_note, busy, start, stop, measuring(model), step(done, all),
        done, stopped, figure, result, load, prefill, decode, prefill_2k, decode_2k,
        listen(seconds), embed, feel, memory, tokens_per_second(count), missing(what), missing_next, the_rest, lost, lost_next,
        build(name, threads), token, made_up, raw, save, copy, copied, not_copied,
    }

    /// New versions of the page.
    renewal: RenewalWords {
        ready, replaced, detail, action, soon,
    }

    /// What another app shared.
    sharing: SharingWords {
        in_draft, cut, not_text(name), too_much,
    }

    /// Browsers inside of other apps.
    in_app: InAppWords {
        label, what(app), why, by_hand, leave, copy, copied, not_copied,
        kakaotalk, line, instagram, threads, facebook, messenger, naver, band, daum, tiktok,
        wechat, x, linkedin, snapchat, another,
    }

    not_found: NotFound {
        title, detail, back,
    }

    /// What went wrong. A `…_next` is what to do about it.
    trouble: TroubleWords {
        details,
        engine_not_started, engine_not_started_next,
        engine_lost, engine_lost_next,
        engine_keeps_dying, engine_keeps_dying_next,
        not_loaded, not_loaded_next,
        unreachable(file), unreachable_next,
        forbidden(file), forbidden_next,
        not_in_file(file), not_in_file_next,
        load_killed_tab(model), load_killed_tab_next,
        bad_status(file, status), bad_status_next,
        short_file(file, got, expected), short_file_next,
        wrong_hash(file), wrong_hash_next,
        bad_model(file), bad_model_next,
        too_large(needed, free), too_large_next,
        too_long(tokens, limit), too_long_next,
        wrong_task, wrong_task_next,
        bad_request, bad_request_next,
        crashed, crashed_next,
    }

    /// Said before the page's own code runs; `index.html` holds the same words.
    boot: Boot {
        no_script, unsupported, broken, stopped,
    }
}

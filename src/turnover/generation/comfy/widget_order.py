"""The order of the widgets of well-known nodes, since a canvas saves their values without names.

One line a layout: names in order, each with the kind of its value. A layout is used only where the number of values
and the kind of each fit, so a node that has changed since is not misread; a class without a layout is read by what its
values show by themselves. Older layouts of one class stand beside newer ones.

Kinds: `i` whole number, `f` number, `s` text of one line, `t` text, `b` yes or no, `x` anything, `!` a seed, which the
page may follow with what is done to it after a run. From `?` on, a value may be missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

LAYOUTS = """
KSampler                    seed:! steps:i cfg:f sampler_name:s scheduler:s denoise:f
KSamplerAdvanced            add_noise:s noise_seed:! steps:i cfg:f sampler_name:s scheduler:s start_at_step:i end_at_step:i return_with_leftover_noise:s
KSampler (Efficient)        seed:! steps:i cfg:f sampler_name:s scheduler:s denoise:f ? preview_method:s vae_decode:x
SamplerCustom               add_noise:b noise_seed:! cfg:f
RandomNoise                 noise_seed:!
KSamplerSelect              sampler_name:s
BasicScheduler              scheduler:s steps:i denoise:f
SDTurboScheduler            steps:i ? denoise:f
KarrasScheduler             steps:i sigma_max:f sigma_min:f rho:f
AlignYourStepsScheduler     model_type:s steps:i ? denoise:f
LTXVScheduler               steps:i max_shift:f base_shift:f stretch:b terminal:f
Flux2Scheduler              steps:i width:i height:i
ManualSigmas                sigmas:s
SplitSigmas                 step:i
CFGGuider                   cfg:f
DualCFGGuider               cfg_conds:f cfg_cond2_negative:f ? style:s
FluxGuidance                guidance:f
ModelSamplingSD3            shift:f
ModelSamplingAuraFlow       shift:f
ModelSamplingFlux           max_shift:f base_shift:f width:i height:i
ClownsharKSampler_Beta      eta:f sampler_name:s scheduler:s steps:i steps_to_run:i denoise:f cfg:f seed:! sampler_mode:s bongmath:b
UltimateSDUpscale           upscale_by:f seed:! steps:i cfg:f sampler_name:s scheduler:s denoise:f mode_type:s tile_width:i tile_height:i ? mask_blur:x tile_padding:x seam_fix_mode:x seam_fix_denoise:x seam_fix_width:x seam_fix_mask_blur:x seam_fix_padding:x force_uniform_tiles:x tiled_decode:x
CLIPTextEncode              text:t
CLIPTextEncodeFlux          clip_l:t t5xxl:t guidance:f
CLIPTextEncodeSDXL          width:i height:i crop_w:i crop_h:i target_width:i target_height:i text_g:t text_l:t
CLIPTextEncodeSDXLRefiner   ascore:f width:i height:i text:t
CLIPTextEncodeSD3           clip_l:t clip_g:t t5xxl:t empty_padding:s
TextEncodeHunyuanVideo_ImageToVideo prompt:t ? image_interleave:i
TextEncodeQwenImageEdit     prompt:t
TextEncodeQwenImageEditPlus prompt:t
EmptyLatentImage            width:i height:i batch_size:i
EmptySD3LatentImage         width:i height:i batch_size:i
EmptyFlux2LatentImage       width:i height:i batch_size:i
EmptyHunyuanLatentVideo     width:i height:i length:i batch_size:i
EmptyHunyuanVideo15Latent   width:i height:i length:i batch_size:i
EmptyLTXVLatentVideo        width:i height:i length:i batch_size:i
EmptyMochiLatentVideo       width:i height:i length:i batch_size:i
EmptyCosmosLatentVideo      width:i height:i length:i batch_size:i
EmptyImage                  width:i height:i batch_size:i color:i
StableCascade_EmptyLatentImage width:i height:i compression:i batch_size:i
WanImageToVideo             width:i height:i length:i batch_size:i
WanFirstLastFrameToVideo    width:i height:i length:i batch_size:i
WanFunControlToVideo        width:i height:i length:i batch_size:i
WanFunInpaintToVideo        width:i height:i length:i batch_size:i
Wan22FunControlToVideo      width:i height:i length:i batch_size:i
Wan22ImageToVideoLatent     width:i height:i length:i batch_size:i
WanCameraImageToVideo       width:i height:i length:i batch_size:i
WanCameraEmbedding          camera_pose:s width:i height:i length:i ? speed:f fx:f fy:f cx:f cy:f
WanVaceToVideo              width:i height:i length:i batch_size:i strength:f
WanPhantomSubjectToVideo    width:i height:i length:i batch_size:i
WanTrackToVideo             tracks:t width:i height:i length:i batch_size:i ? temperature:x topk:x
WanSoundImageToVideo        width:i height:i length:i batch_size:i
WanSoundImageToVideoExtend  length:i
WanHuMoImageToVideo         width:i height:i length:i batch_size:i
WanAnimateToVideo           width:i height:i length:i batch_size:i continue_motion_max_frames:i video_frame_offset:i
HunyuanImageToVideo         width:i height:i length:i batch_size:i ? guidance_type:s
HunyuanVideo15ImageToVideo  width:i height:i length:i batch_size:i
CosmosImageToVideoLatent    width:i height:i length:i batch_size:i
CosmosPredict2ImageToVideoLatent width:i height:i length:i batch_size:i
SVD_img2vid_Conditioning    width:i height:i video_frames:i motion_bucket_id:i fps:i augmentation_level:f
LTXVImgToVideo              width:i height:i length:i batch_size:i ? strength:f
LTXVConditioning            frame_rate:f
LTXVAddGuide                frame_idx:i strength:f
LTXVEmptyLatentAudio        frames_number:i frame_rate:i batch_size:i
VAELoader                   vae_name:s ? weight_dtype:s device:s
UNETLoader                  unet_name:s weight_dtype:s
UnetLoaderGGUF              unet_name:s
CheckpointLoaderSimple      ckpt_name:s
ImageOnlyCheckpointLoader   ckpt_name:s
CLIPLoader                  clip_name:s type:s ? device:s
CLIPLoaderGGUF              clip_name:s type:s
DualCLIPLoader              clip_name1:s clip_name2:s type:s ? device:s
DualCLIPLoaderGGUF          clip_name1:s clip_name2:s type:s
TripleCLIPLoader            clip_name1:s clip_name2:s clip_name3:s
QuadrupleCLIPLoader         clip_name1:s clip_name2:s clip_name3:s clip_name4:s
CLIPVisionLoader            clip_name:s
ControlNetLoader            control_net_name:s
StyleModelLoader            style_model_name:s
UpscaleModelLoader          model_name:s
LoraLoader                  lora_name:s strength_model:f strength_clip:f
LoraLoaderModelOnly         lora_name:s strength_model:f
WanVideoLoraSelect          lora:s strength:f ? low_mem_load:b merge_loras:b
HyVideoLoraSelect           lora:s strength:f
CogVideoLoraSelect          lora:s strength:f ? fuse_lora:b
CLIPSetLastLayer            stop_at_clip_layer:i
SaveImage                   filename_prefix:s
SaveVideo                   filename_prefix:s format:s codec:s
SaveAnimatedWEBP            filename_prefix:s fps:f lossless:b quality:i method:s
SaveAnimatedPNG             filename_prefix:s fps:f compress_level:i
SaveWEBM                    filename_prefix:s codec:s fps:f crf:f
CreateVideo                 fps:f ? bit_depth:x color_space:x codec:x
LoadImage                   image:s
LoadImageMask               image:s channel:s
LoadVideo                   file:s
LoadAudio                   audio:s
ImageScale                  upscale_method:s width:i height:i crop:s
ImageScaleBy                upscale_method:s scale_by:f
ImageScaleToTotalPixels     upscale_method:s megapixels:f ? resolution_steps:i
LatentUpscale               upscale_method:s width:i height:i crop:s
LatentUpscaleBy             upscale_method:s scale_by:f
ImageResizeKJv2             width:i height:i upscale_method:s keep_proportion:s pad_color:s crop_position:s divisible_by:i ? device:s per_batch:i
ImageFromBatch              batch_index:i length:i
GetImageRangeFromBatch      start_index:i num_frames:i
RepeatImageBatch            amount:i
TrimVideoLatent             trim_amount:i
RIFE VFI                    ckpt_name:s clear_cache_after_n_frames:i multiplier:i fast_mode:b ensemble:b scale_factor:f ? dtype:x torch_compile:x batch_size:x
FILM VFI                    ckpt_name:s clear_cache_after_n_frames:i multiplier:i
GIMMVFI_interpolate         ds_factor:f interpolation_factor:i seed:! ? output_flows:b
ColorMatch                  method:s ? strength:f multithread:b
PrimitiveInt                value:i
PrimitiveFloat              value:f
PrimitiveString             value:t
PrimitiveStringMultiline    value:t
PrimitiveBoolean            value:b
INTConstant                 value:i
FloatConstant               value:f
BOOLConstant                value:b
StringConstant              string:t
StringConstantMultiline     string:t ? strip_newlines:b
StringConcatenate           string_a:t string_b:t delimiter:t
JoinStrings                 string1:t string2:t delimiter:t
ComfySwitchNode             switch:b
ComfyMathExpression         expression:t
SimpleMath+                 value:t
mxSlider                    Xi:i Xf:f isfloatX:i
ShowText|pysssss            text:x ? text_1:x
LTXVGemmaEnhancePrompt      prompt:t system_prompt:t ? max_tokens:i bypass_i2v:b seed:!
WanVideoTextEncode          positive_prompt:t negative_prompt:t ? force_offload:b use_disk_cache:b device:s
WanVideoEmptyEmbeds         width:i height:i num_frames:i
WanVideoImageToVideoEncode  width:i height:i num_frames:i noise_aug_strength:f start_latent_strength:f end_latent_strength:f force_offload:b ? fun_or_fl2v_model:b tiled_vae:b augment_empty_frames:x
WanVideoVACEEncode          width:i height:i num_frames:i strength:f vace_start_percent:f vace_end_percent:f ? tiled_vae:b
WanVideoSampler             steps:i cfg:f shift:f seed:! force_offload:b scheduler:s riflex_freq_index:i ? denoise_strength:x batched_cfg:x rope_function:x start_step:x end_step:x add_noise_to_samples:b
HyVideoSampler              width:i height:i num_frames:i steps:i embedded_guidance_scale:f flow_shift:f seed:! force_offload:b ? denoise_strength:x scheduler:x riflex_freq_index:x i2v_mode:x fresca:x
HyVideoTextEncode           prompt:t force_offload:b ? prompt_template:s
CogVideoTextEncode          prompt:t ? strength:f force_offload:b
CogVideoSampler             num_frames:i steps:i cfg:f seed:! scheduler:s ? denoise_strength:f
CogVideoSampler             height:i width:i num_frames:i steps:i cfg:f seed:! scheduler:s ? t_tile_length:x t_tile_overlap:x denoise_strength:x
CogVideoImageEncodeFunInP   num_frames:i enable_tiling:b ? noise_aug_strength:f
RunwayImageToVideoNodeGen3a prompt:t duration:x ratio:s ? seed:!
RunwayImageToVideoNodeGen4  prompt:t duration:x ratio:s ? seed:!
RunwayFirstLastFrameNode    prompt:t duration:x ratio:s ? seed:!
LumaVideoNode               prompt:t model:s aspect_ratio:s resolution:s duration:s loop:b ? seed:!
LumaImageToVideoNode        prompt:t model:s resolution:s duration:s loop:b ? seed:!
MoonvalleyTxt2VideoNode     prompt:t negative_prompt:t resolution:s prompt_adherence:f seed:! ? steps:i
MoonvalleyImg2VideoNode     prompt:t negative_prompt:t resolution:s prompt_adherence:f seed:! ? steps:i
MinimaxTextToVideoNode      prompt_text:t model:s ? seed:!
MinimaxImageToVideoNode     prompt_text:t model:s ? seed:!
MinimaxSubjectToVideoNode   prompt_text:t model:s ? seed:!
MinimaxHailuoVideoNode      prompt_text:t seed:! prompt_optimizer:b ? duration:x resolution:x
MinimaxHailuoVideoNode      prompt_text:t seed:! duration:i prompt_optimizer:b ? resolution:x
KlingTextToVideoNode        prompt:t negative_prompt:t cfg_scale:f aspect_ratio:s mode:s
KlingImage2VideoNode        prompt:t negative_prompt:t model_name:s cfg_scale:f mode:s aspect_ratio:s duration:x
KlingStartEndFrameNode      prompt:t negative_prompt:t cfg_scale:f aspect_ratio:s mode:s
PixverseTextToVideoNode     prompt:t aspect_ratio:s quality:s duration_seconds:x motion_mode:s seed:! ? negative_prompt:t
PixverseImageToVideoNode    prompt:t quality:s duration_seconds:x motion_mode:s seed:! ? negative_prompt:t
PikaTextToVideoNode2_2      prompt_text:t negative_prompt:t seed:! resolution:s duration:x aspect_ratio:f
PikaImageToVideoNode2_2     prompt_text:t negative_prompt:t seed:! resolution:s duration:x
ViduTextToVideoNode         model:s prompt:t duration:i seed:! aspect_ratio:s resolution:s movement_amplitude:s
ViduImageToVideoNode        model:s prompt:t duration:i seed:! resolution:s movement_amplitude:s
VeoVideoGenerationNode      prompt:t aspect_ratio:s negative_prompt:t duration_seconds:i enhance_prompt:b person_generation:s seed:! ? model:s
Veo3VideoGenerationNode     prompt:t aspect_ratio:s negative_prompt:t duration_seconds:i enhance_prompt:b person_generation:s seed:! model:s ? generate_audio:b
WanTextToVideoApi           model:s prompt:t negative_prompt:t size:s duration:x seed:! generate_audio:b prompt_extend:b watermark:b ? shot_type:s
WanImageToVideoApi          model:s prompt:t negative_prompt:t resolution:s duration:x seed:! generate_audio:b prompt_extend:b watermark:b ? shot_type:s
ByteDanceTextToVideoNode    model:s prompt:t resolution:s aspect_ratio:s duration:i seed:! camera_fixed:b watermark:b ? generate_audio:b
ByteDanceImageToVideoNode   model:s prompt:t resolution:s aspect_ratio:s duration:i seed:! camera_fixed:b watermark:b ? generate_audio:b
OpenAIVideoSora2            model:s prompt:t size:s duration:x ? seed:!
LtxvApiTextToVideo          model:s prompt:t duration:x resolution:s fps:x ? generate_audio:b
LtxvApiImageToVideo         model:s prompt:t duration:x resolution:s fps:x ? generate_audio:b
"""  # noqa: E501  # a table: a layout a line


@dataclass(frozen=True, slots=True)
class Widget:
    """One widget of a node."""

    name: str
    kind: str
    is_optional: bool = False


Layout = tuple[Widget, ...]


def _layouts() -> Iterator[tuple[str, Layout]]:
    for line in LAYOUTS.strip().splitlines():
        # A class may have blanks in its name; the first word with a colon begins the layout.
        words = line.split()
        start = next(index for index, word in enumerate(words) if ":" in word)
        widgets, is_optional = [], False
        for word in words[start:]:
            if word == "?":
                is_optional = True
                continue
            name, _, kind = word.rpartition(":")
            widgets.append(Widget(name, kind, is_optional))
        yield " ".join(words[:start]), tuple(widgets)


def known() -> dict[str, tuple[Layout, ...]]:
    """Class → its layouts, in the order of the table."""
    found: dict[str, tuple[Layout, ...]] = {}
    for class_type, layout in _layouts():
        found[class_type] = (*found.get(class_type, ()), layout)
    return found
